            -- A layout of its own, a mark of the end, the word of the sender, or less than before in anything.
            ExplicitBounds != lagInFrame(ExplicitBounds) OVER beside
            OR bitAnd(Flags, 1) != bitAnd(lagInFrame(Flags) OVER beside, 1)
            OR bitAnd(Flags, 0x30000000) = 0x10000000
            OR Count < lagInFrame(Count) OVER beside
            OR Sum < lagInFrame(Sum) OVER beside
            OR arrayExists(
                (now, earlier) -> now < earlier,
                BucketCounts, arrayResize(lagInFrame(BucketCounts) OVER beside, length(BucketCounts), 0))
