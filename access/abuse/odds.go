package abuse

import "math"

// crowd measures how surprising k arrivals are where lambda were to be expected: about the number of zeros behind the decimal point of the
// chance of so many (Chernoff's bound for a Poisson count). 0 when there are no more than expected.
func crowd(k, lambda float64) float64 {
	if k <= lambda {
		return 0
	}
	return (k*math.Log(k/lambda) - k + lambda) / math.Ln10
}

// share does the same for k of n, where each of the n was to be expected with chance p (Chernoff's bound for a binomial count).
func share(k, n int, p float64) float64 {
	f := float64(k) / float64(n)
	if n == 0 || f <= p {
		return 0
	}
	kl := f * math.Log(f/p)
	if f < 1 {
		kl += (1 - f) * math.Log((1-f)/(1-p))
	}
	return float64(n) * kl / math.Ln10
}

// between holds v within [lo, hi].
func between(lo, v, hi float64) float64 { return max(lo, min(v, hi)) }
