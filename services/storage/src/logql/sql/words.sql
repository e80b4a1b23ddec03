hasAllTokens(lowerUTF8(Body), lowerUTF8({words{{at}}:String}))
