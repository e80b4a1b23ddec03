            -- Other quantiles, a mark of the end, or less than before.
            Quantiles != lagInFrame(Quantiles) OVER beside
            OR bitAnd(Flags, 1) != bitAnd(lagInFrame(Flags) OVER beside, 1)
            OR Count < lagInFrame(Count) OVER beside
