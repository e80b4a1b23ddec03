            -- Other quantiles, a mark of the end, or less than before in anything that is counted.
            Quantiles != lagInFrame(Quantiles) OVER beside
            OR bitAnd(Flags, 1) != bitAnd(lagInFrame(Flags) OVER beside, 1)
            OR Count < lagInFrame(Count) OVER beside
            OR Sum < lagInFrame(Sum) OVER beside
