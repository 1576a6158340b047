/* exp, log, tanh and what is made of them, within 2 ulp, by operations that round once.
 *
 * Polynomials are minimax ones in the Horner scheme; tests compare them with float64 over (nearly)
 * all arguments.
 */
#ifndef GS_FUNCTIONS_H
#define GS_FUNCTIONS_H

#include "vectors.h"

#define LOG2_E 0x1.715476p+0f
#define LN2_HIGH 0x1.62e430p-1f
#define LN2_LOW -0x1.05c610p-29f
#define NEAREST 0x1.8p+23f /* x + it - it is the integer nearest to x */

/* Splits x into n ln 2 + r, |r| <= ln(2)/2; returns r and 2^n, n in [-126, 127]. */
INLINE vec reduced(vec x, vec *power) {
    vec shifted = fma_(x, all(LOG2_E), all(NEAREST));
    vec n = shifted - all(NEAREST);
    ints exponent = bits(shifted) - bits(all(NEAREST));
    *power = from_bits((exponent + all_ints(127)) << 23);
    return fma_(n, all(-LN2_LOW), fma_(n, all(-LN2_HIGH), x));
}

/* (exp(r) - 1 - r) / r^2 for |r| <= 0.3466. */
INLINE vec exp_rest(vec r) {
    vec p = all(0x1.9df790p-13f);
    p = fma_(p, r, all(0x1.6d4ccap-10f));
    p = fma_(p, r, all(0x1.111310p-7f));
    p = fma_(p, r, all(0x1.5554e8p-5f));
    p = fma_(p, r, all(0x1.555554p-3f));
    return fma_(p, r, all(0.5f));
}

/* exp(x); exactly 0 below -87.3365, where it is under 2^-126; x <= 88. A NaN stays one. */
INLINE vec exp_(vec x) {
    vec power, low = all(-0x1.5d589ep+6f);
    ints is_zero = is_less(x, low);
    vec r = reduced(choose(is_zero, low, x), &power);
    vec result = fma_(fma_(r * r, exp_rest(r), r), power, power);
    return from_bits(bits(result) & ~is_zero);
}

/* exp(x) - 1 for -88 <= x <= 0, accurate near 0 too. */
INLINE vec exp_minus_1(vec x) {
    vec power, r = reduced(x, &power);
    return fma_(fma_(r * r, exp_rest(r), r), power, power - all(1.0f));
}

/* log(x) of positive numbers that are no less than 2^-126; infinity and NaN stay what they are. */
INLINE vec log_(vec x) {
    /* x = 2^n m, m in [0.7071, 1.4142) */
    ints shifted = bits(x) - all_ints(0x3f3504f3);
    signed_ints exponent = (signed_ints)shifted >> 23;
    vec m = from_bits(bits(x) - ((ints)exponent << 23));
#if LANES > 1
    vec n = __builtin_convertvector(exponent, vec);
#else
    vec n = (float)exponent;
#endif
    vec f = m - all(1.0f);
    vec p = all(0x1.148b0cp-4f); /* (log(1 + f) - f + f^2/2) / f^3 */
    p = fma_(p, f, all(-0x1.de1b4ep-4f));
    p = fma_(p, f, all(0x1.e6c3a6p-4f));
    p = fma_(p, f, all(-0x1.fc256cp-4f));
    p = fma_(p, f, all(0x1.233b38p-3f));
    p = fma_(p, f, all(-0x1.555c52p-3f));
    p = fma_(p, f, all(0x1.99a47ap-3f));
    p = fma_(p, f, all(-0x1.000006p-2f));
    p = fma_(p, f, all(0x1.555548p-2f));
    vec square = f * f;
    vec tail = fma_(n, all(LN2_LOW), p * square * f);
    tail = fma_(all(-0.5f), square, tail);
    vec result = fma_(n, all(LN2_HIGH), f + tail);
    ints is_finite = is_less(x, all(__builtin_inff()));
    return choose(is_finite, result, x);
}

/* log(1 + x) for 0 <= x <= 1. */
INLINE vec log_1_plus(vec x) {
    vec sum = all(1.0f) + x;
    vec lost = x - (sum - all(1.0f));
    return log_(sum) + lost / sum;
}

/* tanh(x) = -t / (2 + t), t = exp(-2|x|) - 1. A NaN stays one. */
INLINE vec tanh_(vec x) {
    vec size = absolute(x), two = all(2.0f);
    size = choose(is_less(all(20.0f), size), all(20.0f), size);
    vec t = exp_minus_1(-two * size);
    vec below = two + t, lost = t - (below - two), inverse = all(1.0f) / below;
    vec ratio = -t * inverse;
    vec missing = fma_(-ratio, lost, fma_(-ratio, below, -t));
    return with_sign(fma_(missing, inverse, ratio), x);
}

/* 1 / (1 + exp(-x)) of e = exp(-|x|). */
INLINE vec sigmoid_(vec x, vec e) {
    return choose(is_less(x, all(0.0f)), e, all(1.0f)) / (all(1.0f) + e);
}

enum { IDENTITY, RELU, SIGMOID, SOFTPLUS, SOFTSIGN, TANH };

/* Whether f'(s) is kept apart because it does not follow from f(s). */
INLINE int keeps_derivative(int activation) {
    return activation == SOFTSIGN || activation == SOFTPLUS;
}

/* f(s); where `keeps_derivative`, f'(s) goes to `slope`. */
INLINE vec activate(int activation, vec s, vec *slope) {
    switch (activation) {
    case RELU: {
        ints is_negative = is_less(s, all(0.0f));
        return from_bits(bits(s) & ~is_negative);
    }
    case SIGMOID:
        return sigmoid_(s, exp_(-absolute(s)));
    case SOFTPLUS: {
        ints is_negative = is_less(s, all(0.0f));
        vec e = exp_(-absolute(s));
        *slope = sigmoid_(s, e);
        return from_bits(bits(s) & ~is_negative) + log_1_plus(e);
    }
    case SOFTSIGN: {
        vec size = absolute(s), most = all(0x1p+126f); /* its inverse is no denormal; infinity's is 0 */
        size = choose(is_less(most, size), most, size);
        vec inverse = all(1.0f) / (all(1.0f) + size);
        *slope = inverse * inverse;
        return with_sign(size * inverse, s);
    }
    case TANH:
        return tanh_(s);
    default:
        return s;
    }
}

/* f'(s) from z = f(s), or from what was kept. */
INLINE vec derivative(int activation, vec z, vec kept) {
    vec one = all(1.0f);
    switch (activation) {
    case RELU:
        return from_bits(bits(one) & is_less(all(0.0f), z));
    case SIGMOID:
        return z * (one - z);
    case SOFTPLUS:
    case SOFTSIGN:
        return kept;
    case TANH:
        return fma_(-z, z, one);
    default:
        return one;
    }
}

#endif
