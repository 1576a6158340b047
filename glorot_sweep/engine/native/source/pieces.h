/* The three products of a layer for a few examples, each output one chain of fused multiply-adds.
 *
 * Weights lie in panels of 32 columns (the last one of 16 if that is enough), a panel's rows one
 * after another. What examples leave in a layer lies unit after unit, `room` examples each (a
 * multiple of 16), so that a product reads one example's number as a broadcast; where rows of units
 * are needed (`deltas`), they are turned 16 x 16 at a time.
 */
#ifndef GS_PIECES_H
#define GS_PIECES_H

#include "rules.h"

#define PANEL 32
#define UPDATE_ROWS 8 /* rows of weights that change at once, in batches of other sizes than 10 */

INLINE long padded(long units) { return (units + 15) / 16 * 16; }

/* Columns of the panel that begins at this column. */
INLINE int panel_columns(long fan_out, long first) {
    return padded(fan_out) - first >= PANEL ? PANEL : 16;
}

/* Turns a tile of 16 x 16 floats: `to[c * to_row + r] = from[r * from_row + c]`. */
#if LANES > 1
#if LANES == 16
#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
INLINE void turn_square(const float *from, long from_row, float *to, long to_row) {
    vec a[16], b[16];
#pragma GCC unroll 16
    for (int i = 0; i < 16; i++) a[i] = load(from + i * from_row);
#pragma GCC unroll 8
    for (int i = 0; i < 16; i += 2) {
        b[i] = SHUFFLE(a[i], a[i + 1], 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29);
        b[i + 1] = SHUFFLE(a[i], a[i + 1], 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31);
    }
#pragma GCC unroll 4
    for (int i = 0; i < 16; i += 4) {
        a[i] = SHUFFLE(b[i], b[i + 2], 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
        a[i + 1] = SHUFFLE(b[i], b[i + 2], 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
        a[i + 2] = SHUFFLE(b[i + 1], b[i + 3], 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
        a[i + 3] = SHUFFLE(b[i + 1], b[i + 3], 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
    }
    /* a[4 g + k], quarter q: column 4 q + k of rows 4 g .. 4 g + 3 */
#pragma GCC unroll 4
    for (int k = 0; k < 4; k++) {
        vec low = SHUFFLE(a[k], a[4 + k], 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
        vec low_end = SHUFFLE(a[8 + k], a[12 + k], 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
        vec high = SHUFFLE(a[k], a[4 + k], 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
        vec high_end = SHUFFLE(a[8 + k], a[12 + k], 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
        store(to + k * to_row, SHUFFLE(low, low_end, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
        store(to + (4 + k) * to_row, SHUFFLE(low, low_end, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31));
        store(to + (8 + k) * to_row, SHUFFLE(high, high_end, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
        store(to + (12 + k) * to_row, SHUFFLE(high, high_end, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31));
    }
}
#else
typedef float four __attribute__((vector_size(16)));
INLINE void turn_square(const float *from, long from_row, float *to, long to_row) {
#pragma GCC unroll 4
    for (int r = 0; r < 16; r += 4) {
#pragma GCC unroll 4
        for (int c = 0; c < 16; c += 4) {
            four a[4], b[4];
#pragma GCC unroll 4
            for (int i = 0; i < 4; i++) memcpy(&a[i], from + (r + i) * from_row + c, sizeof a[i]);
            b[0] = __builtin_shufflevector(a[0], a[1], 0, 4, 1, 5);
            b[1] = __builtin_shufflevector(a[0], a[1], 2, 6, 3, 7);
            b[2] = __builtin_shufflevector(a[2], a[3], 0, 4, 1, 5);
            b[3] = __builtin_shufflevector(a[2], a[3], 2, 6, 3, 7);
            a[0] = __builtin_shufflevector(b[0], b[2], 0, 1, 4, 5);
            a[1] = __builtin_shufflevector(b[0], b[2], 2, 3, 6, 7);
            a[2] = __builtin_shufflevector(b[1], b[3], 0, 1, 4, 5);
            a[3] = __builtin_shufflevector(b[1], b[3], 2, 3, 6, 7);
#pragma GCC unroll 4
            for (int i = 0; i < 4; i++) memcpy(to + (c + i) * to_row + r, &a[i], sizeof a[i]);
        }
    }
}
#endif
#else
INLINE void turn_square(const float *from, long from_row, float *to, long to_row) {
    for (int r = 0; r < 16; r++)
        for (int c = 0; c < 16; c++) to[c * to_row + r] = from[r * from_row + c];
}
#endif

/* Some examples of one panel, `columns` of it, and some inputs: out[r, :] += sum_i in[i, r] w[i, :]. */
INLINE void forward_rows(const int rows, const int columns, const float *w, const float *in, long room,
                         long inputs, float *out) {
    const int vectors = columns / LANES;
    for (int first = 0; first < vectors; first += COLUMN_VECTORS) {
        vec sum[10][COLUMN_VECTORS];
        const int some = vectors - first < COLUMN_VECTORS ? vectors - first : COLUMN_VECTORS;
        const float *weights = w + first * LANES;
#pragma GCC unroll 10
        for (int r = 0; r < rows; r++)
#pragma GCC unroll 2
            for (int v = 0; v < some; v++) sum[r][v] = load(out + r * PANEL + (first + v) * LANES);
        for (long i = 0; i < inputs; i++) {
            vec one[COLUMN_VECTORS];
#pragma GCC unroll 2
            for (int v = 0; v < some; v++) one[v] = load(weights + i * columns + v * LANES);
#pragma GCC unroll 10
            for (int r = 0; r < rows; r++) {
                vec x = all(in[i * room + r]);
#pragma GCC unroll 2
                for (int v = 0; v < some; v++) sum[r][v] = fma_(x, one[v], sum[r][v]);
            }
        }
#pragma GCC unroll 10
        for (int r = 0; r < rows; r++)
#pragma GCC unroll 2
            for (int v = 0; v < some; v++) store(out + r * PANEL + (first + v) * LANES, sum[r][v]);
    }
}

/* The same for up to 16 examples; the numbers of rows are constants, for the compiler's sake. */
INLINE void forward_inputs(const int columns, const float *w, const float *in, long room, long inputs,
                           int examples, float *tile) {
    int done = 0;
    if (examples == 10)
        for (; done < examples; done += TEN)
            forward_rows(TEN, columns, w, in + done, room, inputs, tile + done * PANEL);
    for (; done + MANY <= examples; done += MANY)
        forward_rows(MANY, columns, w, in + done, room, inputs, tile + done * PANEL);
    for (; done + 4 <= examples; done += 4)
        forward_rows(4, columns, w, in + done, room, inputs, tile + done * PANEL);
    for (; done < examples; done++)
        forward_rows(1, columns, w, in + done, room, inputs, tile + done * PANEL);
}

/* A panel's outputs for up to 16 examples, as rows of `tile` [16, 32]: start + sum_i in[i, r] w[i, :]. */
static void forward_panel(int columns, const float *w, const float *start, const float *in,
                          long room, long fan_in, int examples, float *tile) {
    for (int r = 0; r < examples; r++)
        for (int c = 0; c < columns; c++) tile[r * PANEL + c] = start ? start[c] : 0.0f;
    for (long i = 0; i < fan_in; i += PRODUCT_INPUTS) {
        long inputs = fan_in - i < PRODUCT_INPUTS ? fan_in - i : PRODUCT_INPUTS;
        const float *weights = w + i * columns, *some = in + i * room;
        if (columns == PANEL)
            forward_inputs(PANEL, weights, some, room, inputs, examples, tile);
        else
            forward_inputs(16, weights, some, room, inputs, examples, tile);
    }
}

/* Some rows i of one panel: signal[i, :] += sum_j w[i, j] deltas[j, :], for a block of examples. */
INLINE void signal_rows(const int rows, const int vectors, const float *w, const int row_length,
                        const float *deltas, long room, int columns, float *signal) {
    vec sum[SIGNAL_ROWS][EXAMPLE_VECTORS];
#pragma GCC unroll 16
    for (int i = 0; i < rows; i++)
#pragma GCC unroll 16
        for (int v = 0; v < vectors; v++) sum[i][v] = load(signal + i * room + v * LANES);
    for (int j = 0; j < columns; j++) {
        vec delta[EXAMPLE_VECTORS];
#pragma GCC unroll 16
        for (int v = 0; v < vectors; v++) delta[v] = load(deltas + j * room + v * LANES);
#pragma GCC unroll 16
        for (int i = 0; i < rows; i++) {
            vec weight = all(w[i * row_length + j]);
#pragma GCC unroll 16
            for (int v = 0; v < vectors; v++) sum[i][v] = fma_(weight, delta[v], sum[i][v]);
        }
    }
#pragma GCC unroll 16
    for (int i = 0; i < rows; i++)
#pragma GCC unroll 16
        for (int v = 0; v < vectors; v++) store(signal + i * room + v * LANES, sum[i][v]);
}

/* Sixteen rows or fewer of a panel, all examples. */
INLINE void signal_piece(int rows, const float *w, const int row_length, const float *deltas,
                         long room, int columns, int examples, float *signal) {
    for (long block = 0; block < examples; block += EXAMPLES) {
        const float *some = deltas + block;
        float *out = signal + block;
        int i = 0;
        if (examples <= 10) {
            const int vectors = (10 + LANES - 1) / LANES;
            for (; i + SIGNAL_ROWS <= rows; i += SIGNAL_ROWS)
                signal_rows(SIGNAL_ROWS, vectors, w + i * row_length, row_length, some, room, columns, out + i * room);
            for (; i < rows; i++)
                signal_rows(1, vectors, w + i * row_length, row_length, some, room, columns, out + i * room);
        } else {
            for (; i + SIGNAL_ROWS <= rows; i += SIGNAL_ROWS)
                signal_rows(SIGNAL_ROWS, EXAMPLE_VECTORS, w + i * row_length, row_length, some, room, columns, out + i * room);
            for (; i < rows; i++)
                signal_rows(1, EXAMPLE_VECTORS, w + i * row_length, row_length, some, room, columns, out + i * room);
        }
    }
}

/* Some rows i and columns: w[i, :] follows sum_r in[i, r] deltas[r, :] over `count` examples; these
 * are `held` where a form has registers for them. */
INLINE void change_rows(const int kind, const rule *rule, long place, const int count, const int rows,
                        const int some, const int columns, float *w, const float *in, long room,
                        const float *deltas, long row, vec held[10][CHANGED_VECTORS]) {
    vec sum[CHANGED_ROWS][CHANGED_VECTORS];
#pragma GCC unroll 4
    for (int i = 0; i < rows; i++)
#pragma GCC unroll 2
        for (int v = 0; v < some; v++) sum[i][v] = all(0.0f);
#pragma GCC unroll 10
    for (int r = 0; r < count; r++) {
        vec delta[CHANGED_VECTORS];
#pragma GCC unroll 2
        for (int v = 0; v < some; v++)
            delta[v] = HOLDS_DELTAS ? held[r][v] : load(deltas + r * row + v * LANES);
#pragma GCC unroll 4
        for (int i = 0; i < rows; i++) {
            vec x = all(in[i * room + r]);
#pragma GCC unroll 2
            for (int v = 0; v < some; v++) sum[i][v] = fma_(x, delta[v], sum[i][v]);
        }
    }
#pragma GCC unroll 4
    for (int i = 0; i < rows; i++)
#pragma GCC unroll 2
        for (int v = 0; v < some; v++) {
            long at = i * columns + v * LANES;
            store(w + at, stepped(kind, rule, place + at, load(w + at), sum[i][v]));
        }
}

/* Rows of one panel: w[i, :] follows sum_r in[i, r] deltas[r, :] over `count` examples. */
INLINE void update_rows(const int kind, const rule *rule, long place, const int count, int rows,
                        const int columns, float *w, const float *in, long room,
                        const float *deltas, long row) {
    const int vectors = columns / LANES;
    for (int first = 0; first < vectors; first += CHANGED_VECTORS) {
        const int some = vectors - first < CHANGED_VECTORS ? vectors - first : CHANGED_VECTORS;
        long at = first * LANES;
        vec held[10][CHANGED_VECTORS];
        if (HOLDS_DELTAS)
#pragma GCC unroll 10
            for (int r = 0; r < count; r++)
#pragma GCC unroll 2
                for (int v = 0; v < some; v++) held[r][v] = load(deltas + r * row + at + v * LANES);
        int i = 0;
        for (; i + CHANGED_ROWS <= rows; i += CHANGED_ROWS)
            change_rows(kind, rule, place + at + i * columns, count, CHANGED_ROWS, some, columns,
                        w + at + i * columns, in + i * room, room, deltas + at, row, held);
        for (; i < rows; i++)
            change_rows(kind, rule, place + at + i * columns, count, 1, some, columns,
                        w + at + i * columns, in + i * room, room, deltas + at, row, held);
    }
}

/* Some rows i, one vector of columns, any number of examples: the sums stay in registers. */
INLINE void update_vector_of_many(const int kind, const rule *rule, long place, int count, const int rows,
                                  const int columns, float *w, const float *in, long room,
                                  const float *deltas, long row) {
    vec sum[UPDATE_ROWS];
#pragma GCC unroll 8
    for (int i = 0; i < rows; i++) sum[i] = all(0.0f);
    for (int r = 0; r < count; r++) {
        vec delta = load(deltas + r * row);
#pragma GCC unroll 8
        for (int i = 0; i < rows; i++) sum[i] = fma_(all(in[i * room + r]), delta, sum[i]);
    }
#pragma GCC unroll 8
    for (int i = 0; i < rows; i++)
        store(w + i * columns, stepped(kind, rule, place + i * columns, load(w + i * columns), sum[i]));
}

/* The same for any number of examples. */
INLINE void update_rows_of_many(const int kind, const rule *rule, long place, int count, int rows,
                                const int columns, float *w, const float *in, long room,
                                const float *deltas, long row) {
    for (int v = 0; v < columns; v += LANES) {
        int i = 0;
        for (; i + UPDATE_ROWS <= rows; i += UPDATE_ROWS)
            update_vector_of_many(kind, rule, place + i * columns + v, count, UPDATE_ROWS, columns,
                                  w + i * columns + v, in + i * room, room, deltas + v, row);
        for (; i < rows; i++)
            update_vector_of_many(kind, rule, place + i * columns + v, count, 1, columns,
                                  w + i * columns + v, in + i * room, room, deltas + v, row);
    }
}

#define UPDATE_OF_KIND(kind, columns)                                                               \
    if (count == 10)                                                                                \
        update_rows(kind, rule, place, 10, rows, columns, w, in, room, deltas, row);                \
    else                                                                                            \
        update_rows_of_many(kind, rule, place, count, rows, columns, w, in, room, deltas, row);

#define UPDATE_CASE(kind, columns)                                                                  \
    case kind:                                                                                      \
        UPDATE_OF_KIND(kind, columns)                                                               \
        break;

#define UPDATE_PIECE(columns)                                                                       \
    switch (rule->kind) {                                                                           \
        UPDATE_CASE(HESSIAN, columns)                                                               \
        UPDATE_CASE(GRADIENT_VARIANCE, columns)                                                     \
        UPDATE_CASE(MOMENTUM, columns)                                                              \
        UPDATE_CASE(NESTEROV, columns)                                                              \
        UPDATE_CASE(ADAM, columns)                                                                  \
        UPDATE_CASE(ADAMW, columns)                                                                 \
        UPDATE_CASE(DECAY_AND_ADD, columns)                                                        \
    default:                                                                                        \
        UPDATE_OF_KIND(ADD, columns)                                                                \
    }

static void update_piece(const rule *rule, long place, int count, int rows, int columns, float *w,
                         const float *in, long room, const float *deltas, long row) {
    if (columns == PANEL) {
        UPDATE_PIECE(PANEL)
    } else {
        UPDATE_PIECE(16)
    }
}

#endif
