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

#define ROOT_OF_2_PI_INVERSE 0x1.988454p-2f /* 1 / sqrt(2 pi) */

/* exp(-x^2 / 2) for |x| <= 2^60; what x * x is rounded by counts too, which is much where x is large. */
INLINE vec bell(vec x) {
    vec half = all(0.5f) * x, square = half * x;
    vec lost = fma_(half, x, -square), e = exp_(-square);
    return fma_(e, -lost, e);
}

/* The share of a normal law that lies above x, 0 <= x <= 14, of `bell`(x): t times a polynomial of
 * t = 1 / (1 + 5 x / 16), times the bell; 0 where that is. The polynomial is off by u / 2. */
INLINE vec normal_tail(vec x, vec bell) {
    vec t = all(1.0f) / fma_(x, all(0.3125f), all(1.0f));
    vec p = all(-0x1.344d72p-6f);
    p = fma_(p, t, all(0x1.71d9f0p-4f));
    p = fma_(p, t, all(-0x1.2fe88ep-3f));
    p = fma_(p, t, all(0x1.2176d0p-4f));
    p = fma_(p, t, all(0x1.00526ep-11f));
    p = fma_(p, t, all(0x1.b9a00ep-5f));
    p = fma_(p, t, all(0x1.735128p-4f));
    p = fma_(p, t, all(0x1.c9c856p-4f));
    p = fma_(p, t, all(0x1.ff0936p-4f));
    p = fma_(p, t, all(0x1.fea058p-4f));
    return p * t * bell;
}

#endif
