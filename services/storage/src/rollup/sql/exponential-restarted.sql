            -- A layout of its own, a mark of the end, the word of the sender, or less than before in anything.
            Scale != lagInFrame(Scale) OVER beside
            OR ZeroThreshold != lagInFrame(ZeroThreshold) OVER beside
            OR PositiveOffset != lagInFrame(PositiveOffset) OVER beside
            OR NegativeOffset != lagInFrame(NegativeOffset) OVER beside
            OR length(PositiveBucketCounts) < length(lagInFrame(PositiveBucketCounts) OVER beside)
            OR length(NegativeBucketCounts) < length(lagInFrame(NegativeBucketCounts) OVER beside)
            OR bitAnd(Flags, 1) != bitAnd(lagInFrame(Flags) OVER beside, 1)
            OR bitAnd(Flags, 0x30000000) = 0x10000000
            OR Count < lagInFrame(Count) OVER beside
            OR Sum < lagInFrame(Sum) OVER beside
            OR ZeroCount < lagInFrame(ZeroCount) OVER beside
            OR arrayExists(
                (now, earlier) -> now < earlier,
                PositiveBucketCounts,
                arrayResize(lagInFrame(PositiveBucketCounts) OVER beside, length(PositiveBucketCounts), 0))
            OR arrayExists(
                (now, earlier) -> now < earlier,
                NegativeBucketCounts,
                arrayResize(lagInFrame(NegativeBucketCounts) OVER beside, length(NegativeBucketCounts), 0))
