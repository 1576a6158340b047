/* Vectors of one form: what the other files need of AVX-512, AVX2 with FMA, NEON, or plain floats.
 *
 * A form decides how many numbers are computed at once and nothing else: every number is made by the
 * same operations in the same order, each of which rounds once. Nothing here is an approximation of
 * the processor's (no reciprocal estimates), and nothing is fused but what is written `fma`.
 */
#ifndef GS_VECTORS_H
#define GS_VECTORS_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

/* How much is computed at once, within the registers that a form has:
 *   COLUMN_VECTORS, TEN, MANY   of a product: vectors of columns; examples of a batch of ten, of others
 *   PRODUCT_INPUTS              inputs after which a product turns to other columns: what it has read
 *                               of weights and examples is then still near
 *   SIGNAL_ROWS                 rows of weights through which a signal goes
 *   CHANGED_ROWS, CHANGED_VECTORS   weights that change
 *   HOLDS_DELTAS                whether the deltas of a batch of ten stay in registers meanwhile */
#if defined(GS_FORM_AVX512)
#include <immintrin.h>
#define LANES 16
#define COLUMN_VECTORS 2
#define TEN 10
#define MANY 8
#define PRODUCT_INPUTS INT32_MAX
#define SIGNAL_ROWS 16
#define CHANGED_ROWS 1
#define CHANGED_VECTORS 2
#define HOLDS_DELTAS 1
#elif defined(GS_FORM_AVX2)
#include <immintrin.h>
#define LANES 8
#define COLUMN_VECTORS 2
#define TEN 5
#define MANY 4
#define PRODUCT_INPUTS 128
#define SIGNAL_ROWS 4
#define CHANGED_ROWS 4
#define CHANGED_VECTORS 2
#define HOLDS_DELTAS 0
#elif defined(GS_FORM_NEON)
#include <arm_neon.h>
#define LANES 4
#define COLUMN_VECTORS 2
#define TEN 10
#define MANY 8
#define PRODUCT_INPUTS INT32_MAX
#define SIGNAL_ROWS 4
#define CHANGED_ROWS 1
#define CHANGED_VECTORS 2
#define HOLDS_DELTAS 1
#elif defined(GS_FORM_SCALAR)
#define LANES 1
#define COLUMN_VECTORS 1
#define TEN 10
#define MANY 8
#define PRODUCT_INPUTS INT32_MAX
#define SIGNAL_ROWS 1
#define CHANGED_ROWS 1
#define CHANGED_VECTORS 1
#define HOLDS_DELTAS 1
#else
#error "name a form: GS_FORM_AVX512, GS_FORM_AVX2, GS_FORM_NEON or GS_FORM_SCALAR"
#endif

#define EXAMPLES 16                       /* examples of a block, whatever the form */
#define EXAMPLE_VECTORS (EXAMPLES / LANES)

/* Bits are unsigned, so that those of a NaN, which pass through sums, may wrap. */
#if LANES > 1
typedef float vec __attribute__((vector_size(4 * LANES)));
typedef uint32_t ints __attribute__((vector_size(4 * LANES)));
typedef int32_t signed_ints __attribute__((vector_size(4 * LANES)));
typedef uint8_t bytes __attribute__((vector_size(LANES)));
#else
typedef float vec;
typedef uint32_t ints;
typedef int32_t signed_ints;
typedef uint8_t bytes;
#endif

INLINE vec load(const float *from) {
    vec v;
    memcpy(&v, from, sizeof v);
    return v;
}

INLINE void store(float *to, vec v) { memcpy(to, &v, sizeof v); }

INLINE vec all(float value) {
#if LANES > 1
    return value - (vec){0}; /* x - 0 is x for every x, zeros of either sign among them */
#else
    return value;
#endif
}

INLINE ints all_ints(uint32_t value) {
#if LANES > 1
    return value - (ints){0};
#else
    return value;
#endif
}

INLINE ints bits(vec v) {
    ints i;
    memcpy(&i, &v, sizeof i);
    return i;
}

INLINE vec from_bits(ints i) {
    vec v;
    memcpy(&v, &i, sizeof v);
    return v;
}

/* a * b + c, rounded once. */
INLINE vec fma_(vec a, vec b, vec c) {
#if defined(GS_FORM_AVX512)
    return (vec)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
#elif defined(GS_FORM_AVX2)
    return (vec)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
#elif defined(GS_FORM_NEON)
    return (vec)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
#else
    return fmaf(a, b, c);
#endif
}

/* The root, rounded once. */
INLINE vec square_root(vec v) {
#if defined(GS_FORM_AVX512)
    return (vec)_mm512_sqrt_ps((__m512)v);
#elif defined(GS_FORM_AVX2)
    return (vec)_mm256_sqrt_ps((__m256)v);
#elif defined(GS_FORM_NEON)
    return (vec)vsqrtq_f32((float32x4_t)v);
#else
    return sqrtf(v);
#endif
}

/* All bits set where a < b. */
INLINE ints is_less(vec a, vec b) {
#if LANES > 1
    return (ints)(a < b);
#else
    return -(uint32_t)(a < b);
#endif
}

/* a where the mask is set, else b. */
INLINE vec choose(ints mask, vec a, vec b) {
    return from_bits((mask & bits(a)) | (~mask & bits(b)));
}

INLINE vec absolute(vec v) { return from_bits(bits(v) & all_ints(0x7fffffff)); }

/* The sign of `sign` on the magnitude of `v`. */
INLINE vec with_sign(vec v, vec sign) {
    return from_bits((bits(v) & all_ints(0x7fffffff)) | (bits(sign) & all_ints(0x80000000)));
}

INLINE vec largest(vec a, vec b) { return choose(is_less(a, b), b, a); }

INLINE vec floats_of_bytes(const uint8_t *from) {
#if LANES > 1
    bytes b;
    memcpy(&b, from, sizeof b);
    return __builtin_convertvector(b, vec);
#else
    return (vec)*from;
#endif
}

/* Signals below 2^-100 become 0: numbers below 2^-126 would be computed slowly, and processors
 * differ in how one asks them to drop these. A NaN stays one. */
INLINE vec without_dust(vec v) {
    ints is_dust = is_less(absolute(v), all(0x1p-100f));
    return from_bits(bits(v) & ~is_dust);
}

#endif
