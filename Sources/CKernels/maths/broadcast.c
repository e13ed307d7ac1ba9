// Walks broadcast operands of elementwise operations in runs that the kernels take: each operand
// dense or one element for all.
#include "layout.h"

#include <string.h>

typedef struct operand {
  const char *base;
  size_t size;
} operand;

// What the kernels of an operation look like from here; `call` holds the rest of its arguments.
typedef struct run_kernel {
  void (*run)(
      const struct run_kernel *call, const void *const *operands, const int *steps, void *out,
      size_t n);
  int op;
  ck_dtype type;
  size_t element_size;
  const ck_maths_kernels *maths;
} run_kernel;

// Rows shorter than this are copied together into buffers rather than run one by one.
#define SHORT_ROW 128
#define CHUNK 1024

#define DEFINE_GATHER(TYPE)                                                                        \
  static void gather_##TYPE(                                                                       \
      const TYPE *x, int64_t row_stride, int64_t stride, size_t rows, size_t columns, TYPE *out) { \
    if (row_stride == 0 && rows > 1) {                                                             \
      /* One pattern for all rows, doubled as it grows. */                                         \
      for (size_t j = 0; j < columns; j++) out[j] = x[(int64_t)j * stride];                        \
      size_t done = columns, total = rows * columns;                                               \
      while (done < total) {                                                                       \
        size_t more = done < total - done ? done : total - done;                                   \
        memcpy(out + done, out, more * sizeof(TYPE));                                              \
        done += more;                                                                              \
      }                                                                                            \
    } else if (stride == 0) {                                                                      \
      for (size_t i = 0; i < rows; i++) {                                                          \
        TYPE value = x[(int64_t)i * row_stride];                                                   \
        for (size_t j = 0; j < columns; j++) *out++ = value;                                       \
      }                                                                                            \
    } else {                                                                                       \
      for (size_t i = 0; i < rows; i++) {                                                          \
        const TYPE *row = x + (int64_t)i * row_stride;                                             \
        for (size_t j = 0; j < columns; j++) *out++ = row[(int64_t)j * stride];                    \
      }                                                                                            \
    }                                                                                              \
  }
DEFINE_GATHER(uint8_t)
DEFINE_GATHER(uint32_t)
DEFINE_GATHER(uint64_t)

static void gather(
    size_t size, const char *x, int64_t row_stride, int64_t stride, size_t rows, size_t columns,
    void *out) {
  switch (size) {
  case 1:
    gather_uint8_t((const uint8_t *)x, row_stride, stride, rows, columns, out);
    break;
  case 4:
    gather_uint32_t((const uint32_t *)(const void *)x, row_stride, stride, rows, columns, out);
    break;
  default:
    gather_uint64_t((const uint64_t *)(const void *)x, row_stride, stride, rows, columns, out);
    break;
  }
}

// The last two axes, [rows, columns], starting at `base`.
static void run_plane(
    const run_kernel *call, int operands, const operand *in, const char *const *base,
    const int64_t *row_strides, const int64_t *strides, size_t rows, size_t columns, char *out,
    size_t out_size) {
  const void *pointers[CK_MAX_OPERANDS];
  int steps[CK_MAX_OPERANDS];
  int unit = 1;
  for (int p = 0; p < operands; p++) unit &= strides[p] == 0 || strides[p] == 1;
  if (unit && (columns >= SHORT_ROW || rows == 1)) {
    for (int p = 0; p < operands; p++) steps[p] = (int)strides[p];
    for (size_t i = 0; i < rows; i++) {
      for (int p = 0; p < operands; p++) {
        pointers[p] = base[p] + (int64_t)i * row_strides[p] * (int64_t)in[p].size;
      }
      call->run(call, pointers, steps, out + i * columns * out_size, columns);
    }
    return;
  }
  uint64_t buffers[CK_MAX_OPERANDS][CHUNK];
  if (columns > CHUNK) {
    for (size_t i = 0; i < rows; i++) {
      for (size_t j = 0; j < columns; j += CHUNK) {
        size_t n = columns - j < CHUNK ? columns - j : CHUNK;
        for (int p = 0; p < operands; p++) {
          int64_t skipped = (int64_t)i * row_strides[p] + (int64_t)j * strides[p];
          const char *x = base[p] + skipped * (int64_t)in[p].size;
          steps[p] = strides[p] != 0;
          pointers[p] = x;
          if (strides[p] != 0 && strides[p] != 1) {
            gather(in[p].size, x, 0, strides[p], 1, n, buffers[p]);
            pointers[p] = buffers[p];
          }
        }
        call->run(call, pointers, steps, out + (i * columns + j) * out_size, n);
      }
    }
    return;
  }
  size_t block = CHUNK / columns;
  for (size_t i = 0; i < rows; i += block) {
    size_t n = rows - i < block ? rows - i : block;
    for (int p = 0; p < operands; p++) {
      const char *x = base[p] + (int64_t)i * row_strides[p] * (int64_t)in[p].size;
      steps[p] = 1;
      pointers[p] = x;
      if (strides[p] == 0 && row_strides[p] == 0) {
        steps[p] = 0;
      } else if (strides[p] != 1 || row_strides[p] != (int64_t)columns) {
        // A pattern that all rows share is still in its buffer after the first block.
        if (i == 0 || row_strides[p] != 0) {
          gather(in[p].size, x, row_strides[p], strides[p], n, columns, buffers[p]);
        }
        pointers[p] = buffers[p];
      }
    }
    call->run(call, pointers, steps, out + i * columns * out_size, n * columns);
  }
}

static void run_broadcast(
    const run_kernel *call, int operands, const operand *in, const int64_t *const *strides,
    int rank, const int32_t *shape, void *out, size_t out_size) {
  ck_layout layout;
  ck_layout_make(&layout, operands, rank, shape, strides);
  if (layout.total == 0) return;
  const char *base[CK_MAX_OPERANDS];
  int64_t last[CK_MAX_OPERANDS], second[CK_MAX_OPERANDS];
  int axes = layout.rank;
  size_t columns = axes > 0 ? layout.shape[axes - 1] : 1;
  size_t rows = axes > 1 ? layout.shape[axes - 2] : 1;
  for (int p = 0; p < operands; p++) {
    base[p] = in[p].base;
    last[p] = axes > 0 ? layout.strides[p][axes - 1] : 0;
    second[p] = axes > 1 ? layout.strides[p][axes - 2] : 0;
  }
  size_t index[CK_MAX_RANK] = {0};
  char *to = out;
  for (;;) {
    run_plane(call, operands, in, base, second, last, rows, columns, to, out_size);
    to += rows * columns * out_size;
    int axis = axes - 3;
    for (; axis >= 0; axis--) {
      int64_t back = (int64_t)index[axis];
      index[axis]++;
      if (index[axis] < layout.shape[axis]) {
        for (int p = 0; p < operands; p++) {
          base[p] += layout.strides[p][axis] * (int64_t)in[p].size;
        }
        break;
      }
      index[axis] = 0;
      for (int p = 0; p < operands; p++) {
        base[p] -= back * layout.strides[p][axis] * (int64_t)in[p].size;
      }
    }
    if (axis < 0) return;
  }
}

static void run_binary(
    const run_kernel *call, const void *const *x, const int *steps, void *out, size_t n) {
  call->maths->binary(
      (ck_binary_op)call->op, call->type, x[0], steps[0], x[1], steps[1], out, n);
}

static void run_compare(
    const run_kernel *call, const void *const *x, const int *steps, void *out, size_t n) {
  call->maths->compare(
      (ck_compare_op)call->op, call->type, x[0], steps[0], x[1], steps[1], out, n);
}

static void run_select(
    const run_kernel *call, const void *const *x, const int *steps, void *out, size_t n) {
  call->maths->select(
      call->element_size, x[0], steps[0], x[1], steps[1], x[2], steps[2], out, n);
}

void ck_unary(ck_unary_op op, ck_dtype type, const void *x, void *out, size_t n) {
  ck_table_current()->maths.unary(op, type, x, out, n);
}

// 1 for an operand that is dense over the shape, 0 for one that is a single element, else -1.
static inline int simple_step(int rank, const int32_t *shape, const int64_t *strides) {
  int64_t dense = 1;
  int is_dense = 1, is_single = 1;
  for (int axis = rank - 1; axis >= 0; axis--) {
    if (shape[axis] == 1) continue;
    is_dense &= strides[axis] == dense;
    is_single &= strides[axis] == 0;
    dense *= shape[axis];
  }
  return is_dense ? 1 : is_single ? 0 : -1;
}

static inline size_t element_count(int rank, const int32_t *shape) {
  size_t count = 1;
  for (int axis = 0; axis < rank; axis++) count *= (size_t)shape[axis];
  return count;
}

void ck_binary(
    ck_binary_op op, ck_dtype type, int rank, const int32_t *shape, const void *a,
    const int64_t *a_strides, const void *b, const int64_t *b_strides, void *out) {
  int a_step = simple_step(rank, shape, a_strides), b_step = simple_step(rank, shape, b_strides);
  if ((a_step | b_step) >= 0) {
    size_t n = element_count(rank, shape);
    if (n > 0) ck_table_current()->maths.binary(op, type, a, a_step, b, b_step, out, n);
    return;
  }
  size_t size = ck_element_size(type);
  run_kernel call = {run_binary, (int)op, type, size, &ck_table_current()->maths};
  operand in[] = {{a, size}, {b, size}};
  const int64_t *strides[] = {a_strides, b_strides};
  run_broadcast(&call, 2, in, strides, rank, shape, out, size);
}

void ck_compare(
    ck_compare_op op, ck_dtype type, int rank, const int32_t *shape, const void *a,
    const int64_t *a_strides, const void *b, const int64_t *b_strides, uint8_t *out) {
  int a_step = simple_step(rank, shape, a_strides), b_step = simple_step(rank, shape, b_strides);
  if ((a_step | b_step) >= 0) {
    size_t n = element_count(rank, shape);
    if (n > 0) ck_table_current()->maths.compare(op, type, a, a_step, b, b_step, out, n);
    return;
  }
  size_t size = ck_element_size(type);
  run_kernel call = {run_compare, (int)op, type, size, &ck_table_current()->maths};
  operand in[] = {{a, size}, {b, size}};
  const int64_t *strides[] = {a_strides, b_strides};
  run_broadcast(&call, 2, in, strides, rank, shape, out, 1);
}

void ck_select(
    ck_dtype type, int rank, const int32_t *shape, const uint8_t *condition,
    const int64_t *c_strides, const void *a, const int64_t *a_strides, const void *b,
    const int64_t *b_strides, void *out) {
  size_t size = ck_element_size(type);
  run_kernel call = {run_select, 0, type, size, &ck_table_current()->maths};
  operand in[] = {{(const char *)condition, 1}, {a, size}, {b, size}};
  const int64_t *strides[] = {c_strides, a_strides, b_strides};
  run_broadcast(&call, 3, in, strides, rank, shape, out, size);
}
