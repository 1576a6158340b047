/* The fused-multiply-add peak of a core: chains of operations that wait for nothing but themselves,
 * in registers. Compiled like the native core, with the same vectors. */
#include "threads.h"
#include "vectors.h"

/* As many as keep every unit busy while each chain waits for its own last result, and as fit into
 * the registers: 32 of AVX-512 and NEON, 16 otherwise. */
#if defined(GS_FORM_AVX512) || defined(GS_FORM_NEON)
#define CHAINS 24
#else
#define CHAINS 12
#endif

#define UNROLL _Pragma("GCC unroll 24") /* so that the sums stay in registers */

static void run_chains(void *task, long number) {
    long rounds = *(const long *)task;
    vec sums[CHAINS], half = all(0.5f), one = all(1.0f);
    float first;
    volatile float kept;
    (void)number;
    UNROLL
    for (int c = 0; c < CHAINS; c++) sums[c] = all((float)c);
    for (long r = 0; r < rounds; r++)
        UNROLL
        for (int c = 0; c < CHAINS; c++) sums[c] = fma_(sums[c], half, one);
    UNROLL
    for (int c = 1; c < CHAINS; c++) sums[0] = sums[0] + sums[c];
    memcpy(&first, &sums[0], sizeof first);
    kept = first;
    (void)kept;
}

/* Runs the chains once in each thread; returns the floating-point operations of all together. */
double peak_flops(long rounds, int threads) {
    share(run_chains, &rounds, threads, threads);
    return 2.0 * LANES * CHAINS * (double)rounds * threads;
}
