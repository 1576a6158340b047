// Updates of a pack of networks on one GPU, with as few bytes moved as an update allows: every
// weight is read once on the way up and once on the way down, where it is written too. A layer is
// one kernel each way; equations (2) and (3) of the paper, plain SGD, log-likelihood, batches of
// ten. Sums have a fixed order: the same inputs give the same bits. See fused_updates.py.
//
// Layouts (float32): weights [network][fan_in][fan_out], biases [network][fan_out]; activations
// [network][unit][PAD], the examples of a unit side by side; deltas [network][example][unit].

#ifndef LAUNCH  // a test may compile this file for a CPU
#include <cuda_runtime.h>
#define LAUNCH(kernel, grid, threads, bytes, stream, ...) \
  kernel<<<grid, threads, bytes, stream>>>(__VA_ARGS__)
#endif

constexpr int BATCH = 10, PAD = 12;  // rows of PAD can be read as three float4
constexpr int THREADS = 256, WARPS = THREADS / 32;
constexpr int COLUMNS = 64;          // of a block on the way up: two of a thread
constexpr int AHEAD = 8;             // rows that a thread has under way
constexpr int ROWS = 4;              // of a warp on the way down
constexpr int CLASSES = 16;          // padded
constexpr int OUTPUT_THREADS = 512, OUTPUT_GROUPS = OUTPUT_THREADS / CLASSES;

enum Activation { TANH, SOFTSIGN, SIGMOID };

__device__ float activate(int kind, float s) {
  if (kind == TANH) return tanhf(s);
  if (kind == SOFTSIGN) return s / (1.0f + fabsf(s));
  return 0.5f + 0.5f * tanhf(0.5f * s);
}

__device__ float slope(int kind, float z) {  // f'(s) by f(s)
  if (kind == TANH) return 1.0f - z * z;
  if (kind == SOFTSIGN) return (1.0f - fabsf(z)) * (1.0f - fabsf(z));
  return z * (1.0f - z);
}

// One layer on the way up. Grid: blocks of columns, networks. Shared: what enters the layer.
__global__ void __launch_bounds__(THREADS) ascend(
    const float* weights, const float* biases, const float* below, const int* source,
    float* above, const int* kinds, int fan_in, int fan_out) {
  extern __shared__ float4 room[];
  const int network = blockIdx.y, lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  const int from = source ? source[network] : network;
  const float4* entering = reinterpret_cast<const float4*>(below) + (long)from * fan_in * 3;
  for (int i = threadIdx.x; i < fan_in * 3; i += THREADS) room[i] = entering[i];
  __syncthreads();
  const int rows = fan_in / WARPS, column = blockIdx.x * COLUMNS + 2 * lane;
  const bool inside = column < fan_out;
  float sums[2][BATCH] = {};
  const float* place =
      weights + ((long)network * fan_in + warp * rows) * fan_out + (inside ? column : 0);
  const float4* x = room + warp * rows * 3;
  float2 now[AHEAD], next[AHEAD];
#pragma unroll
  for (int i = 0; i < AHEAD; ++i)
    next[i] = i < rows ? *reinterpret_cast<const float2*>(place + (long)i * fan_out)
                       : make_float2(0, 0);
  for (int row = 0; row < rows; row += AHEAD) {
#pragma unroll
    for (int i = 0; i < AHEAD; ++i) {
      now[i] = next[i];
      const int coming = row + AHEAD + i;
      next[i] = coming < rows ? *reinterpret_cast<const float2*>(place + (long)coming * fan_out)
                              : make_float2(0, 0);
    }
#pragma unroll
    for (int i = 0; i < AHEAD; ++i) {
      if (row + i >= rows) break;
      const float4* values = x + (row + i) * 3;
      const float4 a = values[0], b = values[1], c = values[2];
      const float each[BATCH] = {a.x, a.y, a.z, a.w, b.x, b.y, b.z, b.w, c.x, c.y};
#pragma unroll
      for (int k = 0; k < BATCH; ++k) {
        sums[0][k] = fmaf(now[i].x, each[k], sums[0][k]);
        sums[1][k] = fmaf(now[i].y, each[k], sums[1][k]);
      }
    }
  }
  __syncthreads();
  float* parts = reinterpret_cast<float*>(room);
#pragma unroll
  for (int j = 0; j < 2; ++j)
#pragma unroll
    for (int k = 0; k < BATCH; ++k)
      parts[warp * COLUMNS * BATCH + (2 * lane + j) * BATCH + k] = sums[j][k];
  __syncthreads();
  for (int i = threadIdx.x; i < COLUMNS * BATCH; i += THREADS) {
    const int unit = blockIdx.x * COLUMNS + i / BATCH;
    if (unit >= fan_out) continue;
    float s = 0;
    for (int w = 0; w < WARPS; ++w) s += parts[w * COLUMNS * BATCH + i];
    s += biases[(long)network * fan_out + unit];
    above[((long)network * fan_out + unit) * PAD + i % BATCH] = activate(kinds[network], s);
  }
}

__device__ float across(float value, int distance) {
  return __shfl_xor_sync(0xffffffffu, value, distance);
}

// Of 2 N sums of every lane, the lanes with the bit keep the upper half, the others the lower.
template <int N>
__device__ void halve(float (&sums)[2 * N], float (&kept)[N], int lane, int bit) {
  const bool upper = lane & bit;
#pragma unroll
  for (int i = 0; i < N; ++i) {
    const float own = upper ? sums[N + i] : sums[i], given = upper ? sums[i] : sums[N + i];
    kept[i] = own + across(given, bit);
  }
}

// One layer on the way down: the signal passes the old weights, then these are changed.
// Grid: blocks of rows, networks. Shared: the layer's deltas, then the rows' activations.
template <bool GOES_ON>
__global__ void __launch_bounds__(THREADS, 2) descend(
    float* weights, float* biases, const float* deltas, const float* below, const int* source,
    float* deltas_below, const int* kinds, int fan_in, int fan_out) {
  extern __shared__ float4 room[];
  const int network = blockIdx.y, lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  const int from = source ? source[network] : network;
  const int first = blockIdx.x * WARPS * ROWS;
  float4* activations = room + BATCH * fan_out / 4;
  const float4* coming = reinterpret_cast<const float4*>(deltas) + (long)network * BATCH * fan_out / 4;
  for (int i = threadIdx.x; i < BATCH * fan_out / 4; i += THREADS) room[i] = coming[i];
  const float4* entering = reinterpret_cast<const float4*>(below) + ((long)from * fan_in + first) * 3;
  for (int i = threadIdx.x; i < WARPS * ROWS * 3; i += THREADS)
    if (first + i / 3 < fan_in) activations[i] = entering[i];
  __syncthreads();
  if (blockIdx.x == 0) {
    const float* delta = reinterpret_cast<const float*>(room);
    for (int unit = threadIdx.x; unit < fan_out; unit += THREADS) {
      float sum = 0;
      for (int k = 0; k < BATCH; ++k) sum += delta[k * fan_out + unit];
      biases[(long)network * fan_out + unit] -= sum;
    }
  }
  const int row = first + warp * ROWS;
  if (row >= fan_in) return;
  float sums[ROWS * BATCH] = {};
  float* place = weights + ((long)network * fan_in + row) * fan_out;
  const float4* z = activations + warp * ROWS * 3;
  for (int column = 4 * lane; column < fan_out; column += 128) {
    float4 w[ROWS], step[ROWS];
#pragma unroll
    for (int r = 0; r < ROWS; ++r) {
      w[r] = *reinterpret_cast<const float4*>(place + (long)r * fan_out + column);
      step[r] = make_float4(0, 0, 0, 0);
    }
#pragma unroll
    for (int third = 0; third < 3; ++third) {
      float4 four[ROWS];
#pragma unroll
      for (int r = 0; r < ROWS; ++r) four[r] = z[r * 3 + third];
#pragma unroll
      for (int i = 0; i < 4; ++i) {
        const int k = third * 4 + i;
        if (k >= BATCH) break;
        const float4 d = room[(k * fan_out + column) / 4];
#pragma unroll
        for (int r = 0; r < ROWS; ++r) {
          const float zk = i == 0 ? four[r].x : i == 1 ? four[r].y : i == 2 ? four[r].z : four[r].w;
          if (GOES_ON) {
            float sum = sums[r * BATCH + k];
            sum = fmaf(w[r].x, d.x, sum);
            sum = fmaf(w[r].y, d.y, sum);
            sum = fmaf(w[r].z, d.z, sum);
            sums[r * BATCH + k] = fmaf(w[r].w, d.w, sum);
          }
          step[r].x = fmaf(zk, d.x, step[r].x);
          step[r].y = fmaf(zk, d.y, step[r].y);
          step[r].z = fmaf(zk, d.z, step[r].z);
          step[r].w = fmaf(zk, d.w, step[r].w);
        }
      }
    }
#pragma unroll
    for (int r = 0; r < ROWS; ++r) {
      w[r].x -= step[r].x;
      w[r].y -= step[r].y;
      w[r].z -= step[r].z;
      w[r].w -= step[r].w;
      *reinterpret_cast<float4*>(place + (long)r * fan_out + column) = w[r];
    }
  }
  if (!GOES_ON) return;
  __syncwarp();
  float twenty[20], ten[10], five[5];
  halve<20>(sums, twenty, lane, 16);
  halve<10>(twenty, ten, lane, 8);
  halve<5>(ten, five, lane, 4);
#pragma unroll
  for (int i = 0; i < 5; ++i) {
    five[i] += across(five[i], 2);
    five[i] += across(five[i], 1);
  }
  if (lane % 4) return;
  const int r = lane / 8, half = (lane / 4) % 2;
  const float* own = reinterpret_cast<const float*>(z + r * 3);
  for (int i = 0; i < 5; ++i) {
    const int k = half * 5 + i;
    deltas_below[((long)network * BATCH + k) * fan_in + row + r] =
        five[i] * slope(kinds[network], own[k]);
  }
}

// The output layer both ways. Grid: networks. `last` is each network's last hidden layer.
__global__ void __launch_bounds__(OUTPUT_THREADS) turn(
    float* weights, float* biases, const float* activations, float* deltas, const int* last,
    const int* source, const int* labels, const float* scales, float* losses, const int* kinds,
    int networks, int width) {
  __shared__ float parts[OUTPUT_GROUPS * CLASSES * BATCH];
  __shared__ float4 delta4[BATCH][CLASSES / 4];
  float(*delta)[CLASSES] = reinterpret_cast<float(*)[CLASSES]>(delta4);
  const int network = blockIdx.x, c = threadIdx.x % CLASSES, group = threadIdx.x / CLASSES;
  const long slot = (long)last[network] * networks + network;
  const float4* z = reinterpret_cast<const float4*>(activations) + slot * width * 3;
  float* w = weights + (long)network * width * CLASSES;
  float sums[BATCH] = {};
#pragma unroll 4
  for (int row = group; row < width; row += OUTPUT_GROUPS) {
    const float weight = w[row * CLASSES + c];
    const float4 x = z[row * 3], y = z[row * 3 + 1], t = z[row * 3 + 2];
    const float each[BATCH] = {x.x, x.y, x.z, x.w, y.x, y.y, y.z, y.w, t.x, t.y};
#pragma unroll
    for (int k = 0; k < BATCH; ++k) sums[k] = fmaf(weight, each[k], sums[k]);
  }
#pragma unroll
  for (int k = 0; k < BATCH; ++k) parts[(group * BATCH + k) * CLASSES + c] = sums[k];
  __syncthreads();
  if (threadIdx.x < BATCH * CLASSES) {
    const int k = threadIdx.x / CLASSES;
    float logit = 0;
    for (int g = 0; g < OUTPUT_GROUPS; ++g) logit += parts[(g * BATCH + k) * CLASSES + c];
    delta[k][c] = logit + biases[network * CLASSES + c];
  }
  __syncthreads();
  if (threadIdx.x < BATCH) {
    const int k = threadIdx.x, label = labels[source[network] * BATCH + k];
    float largest = delta[k][0], sum = 0;
    for (int i = 1; i < CLASSES; ++i) largest = fmaxf(largest, delta[k][i]);
    for (int i = 0; i < CLASSES; ++i) sum += expf(delta[k][i] - largest);
    const float log_sum = largest + logf(sum);
    losses[network * BATCH + k] = log_sum - delta[k][label];
    for (int i = 0; i < CLASSES; ++i)
      delta[k][i] = scales[network] * (expf(delta[k][i] - log_sum) - (i == label));
  }
  __syncthreads();
  if (threadIdx.x < CLASSES) {
    float sum = 0;
    for (int k = 0; k < BATCH; ++k) sum += delta[k][threadIdx.x];
    biases[network * CLASSES + threadIdx.x] -= sum;
  }
  for (int row = threadIdx.x; row < width; row += OUTPUT_THREADS) {
    const float4 x = z[row * 3], y = z[row * 3 + 1], t = z[row * 3 + 2];
    const float each[BATCH] = {x.x, x.y, x.z, x.w, y.x, y.y, y.z, y.w, t.x, t.y};
    float signals[BATCH] = {};
    float4* own = reinterpret_cast<float4*>(w + row * CLASSES);
#pragma unroll
    for (int i = 0; i < CLASSES / 4; ++i) {
      float4 four = own[i], step = make_float4(0, 0, 0, 0);
#pragma unroll
      for (int k = 0; k < BATCH; ++k) {
        const float4 d = delta4[k][i];
        signals[k] = fmaf(four.x, d.x, signals[k]);
        signals[k] = fmaf(four.y, d.y, signals[k]);
        signals[k] = fmaf(four.z, d.z, signals[k]);
        signals[k] = fmaf(four.w, d.w, signals[k]);
        step.x = fmaf(each[k], d.x, step.x);
        step.y = fmaf(each[k], d.y, step.y);
        step.z = fmaf(each[k], d.z, step.z);
        step.w = fmaf(each[k], d.w, step.w);
      }
      own[i] = make_float4(four.x - step.x, four.y - step.y, four.z - step.z, four.w - step.w);
    }
#pragma unroll
    for (int k = 0; k < BATCH; ++k)
      deltas[(slot * BATCH + k) * width + row] = signals[k] * slope(kinds[network], each[k]);
  }
}

// Pointers and sizes of a pack; hidden layers are equally wide. `members[l]` networks, the first
// ones of the stack, have layer l; `activations` and `deltas` hold [layer][network] of each kind.
struct Pack {
  float* const* weights;
  float* const* biases;
  const int* members;
  float *activations, *deltas;
  const int *last, *source, *kinds;
  const float* scales;
  int depth, networks, inputs, width, streams;
};

static int larger(int a, int b) { return a > b ? a : b; }

// Consecutive updates. `x` [update][stream][input][PAD], `labels` [update][stream][example],
// `losses` [update][network][example]. Returns CUDA's error code, 0 if all were launched.
extern "C" int train(const Pack* pack, const float* x, const int* labels, float* losses,
                     int updates, cudaStream_t stream) {
  const int width = pack->width, hidden = pack->depth, widest = larger(width, pack->inputs);
  const long one_x = (long)pack->streams * pack->inputs * PAD;
  const long layer_z = (long)pack->networks * width * PAD, layer_d = (long)pack->networks * width * BATCH;
  const int up_bytes = larger(widest * PAD, WARPS * COLUMNS * BATCH) * (int)sizeof(float);
  const int down_bytes = (BATCH * width + WARPS * ROWS * PAD) * (int)sizeof(float);
  cudaFuncSetAttribute(ascend, cudaFuncAttributeMaxDynamicSharedMemorySize, up_bytes);
  cudaFuncSetAttribute(descend<true>, cudaFuncAttributeMaxDynamicSharedMemorySize, down_bytes);
  cudaFuncSetAttribute(descend<false>, cudaFuncAttributeMaxDynamicSharedMemorySize, down_bytes);
  for (int update = 0; update < updates; ++update) {
    const float* input = x + update * one_x;
    for (int layer = 0; layer < hidden; ++layer) {
      const dim3 grid((width + COLUMNS - 1) / COLUMNS, pack->members[layer]);
      LAUNCH(ascend, grid, THREADS, up_bytes, stream, pack->weights[layer], pack->biases[layer],
             layer ? pack->activations + (layer - 1) * layer_z : input,
             layer ? nullptr : pack->source, pack->activations + layer * layer_z, pack->kinds,
             layer ? width : pack->inputs, width);
    }
    LAUNCH(turn, dim3(pack->networks), OUTPUT_THREADS, 0, stream, pack->weights[hidden],
           pack->biases[hidden], pack->activations, pack->deltas, pack->last, pack->source,
           labels + update * pack->streams * BATCH, pack->scales,
           losses + update * pack->networks * BATCH, pack->kinds, pack->networks, width);
    for (int layer = hidden - 1; layer >= 0; --layer) {
      const int fan_in = layer ? width : pack->inputs;
      const dim3 grid((fan_in + WARPS * ROWS - 1) / (WARPS * ROWS), pack->members[layer]);
      if (layer) {
        LAUNCH(descend<true>, grid, THREADS, down_bytes, stream, pack->weights[layer],
               pack->biases[layer], pack->deltas + layer * layer_d,
               pack->activations + (layer - 1) * layer_z, (const int*)nullptr,
               pack->deltas + (layer - 1) * layer_d, pack->kinds, fan_in, width);
      } else {
        LAUNCH(descend<false>, grid, THREADS, down_bytes, stream, pack->weights[0],
               pack->biases[0], pack->deltas, input, pack->source, (float*)nullptr, pack->kinds,
               fan_in, width);
      }
    }
  }
  return (int)cudaGetLastError();
}
