/* The native core, compiled once for each form of the vectors. */

#include <math.h>

int gs_abi(void) { return 1; }

float gs_fma(float factor, float other, float addend) { return fmaf(factor, other, addend); }
