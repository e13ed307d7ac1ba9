// Strided copies: permuting, slicing, broadcasting and embedding.
#include "layout.h"

#include <string.h>

// The side of the square in which a transpose keeps both its cache lines and its pages.
#define TILE 16

#define DEFINE_PLANE(TYPE)                                                                         \
  static void copy_plane_##TYPE(                                                                   \
      const TYPE *from, int64_t from_row, int64_t from_step, TYPE *to, int64_t to_row,             \
      int64_t to_step, size_t rows, size_t columns) {                                              \
    if (from_step == 1 && to_step == 1) {                                                          \
      if (columns * sizeof(TYPE) >= 64) {                                                          \
        for (size_t i = 0; i < rows; i++) {                                                        \
          memcpy(to + (int64_t)i * to_row, from + (int64_t)i * from_row, columns * sizeof(TYPE));  \
        }                                                                                          \
      } else {                                                                                     \
        for (size_t i = 0; i < rows; i++) {                                                        \
          const TYPE *x = from + (int64_t)i * from_row;                                            \
          TYPE *out = to + (int64_t)i * to_row;                                                    \
          _Pragma("clang loop vectorize(disable) unroll(disable)")                                 \
          for (size_t j = 0; j < columns; j++) out[j] = x[j];                                      \
        }                                                                                          \
      }                                                                                            \
    } else if (from_step == 0 && to_step == 1) {                                                   \
      for (size_t i = 0; i < rows; i++) {                                                          \
        TYPE value = from[(int64_t)i * from_row], *out = to + (int64_t)i * to_row;                 \
        for (size_t j = 0; j < columns; j++) out[j] = value;                                       \
      }                                                                                            \
    } else {                                                                                       \
      for (size_t i = 0; i < rows; i += TILE) {                                                    \
        size_t row_end = rows - i < TILE ? rows : i + TILE;                                        \
        for (size_t j = 0; j < columns; j += TILE) {                                               \
          size_t column_end = columns - j < TILE ? columns : j + TILE;                             \
          for (size_t r = i; r < row_end; r++) {                                                   \
            const TYPE *x = from + (int64_t)r * from_row;                                          \
            TYPE *out = to + (int64_t)r * to_row;                                                  \
            for (size_t c = j; c < column_end; c++) {                                              \
              out[(int64_t)c * to_step] = x[(int64_t)c * from_step];                               \
            }                                                                                      \
          }                                                                                        \
        }                                                                                          \
      }                                                                                            \
    }                                                                                              \
  }
DEFINE_PLANE(uint8_t)
DEFINE_PLANE(uint32_t)
DEFINE_PLANE(uint64_t)

static void copy_plane(
    size_t size, const char *from, int64_t from_row, int64_t from_step, char *to, int64_t to_row,
    int64_t to_step, size_t rows, size_t columns) {
  switch (size) {
  case 1:
    copy_plane_uint8_t(
        (const uint8_t *)from, from_row, from_step, (uint8_t *)to, to_row, to_step, rows, columns);
    break;
  case 4:
    copy_plane_uint32_t(
        (const uint32_t *)(const void *)from, from_row, from_step, (uint32_t *)(void *)to, to_row,
        to_step, rows, columns);
    break;
  case 8:
    copy_plane_uint64_t(
        (const uint64_t *)(const void *)from, from_row, from_step, (uint64_t *)(void *)to, to_row,
        to_step, rows, columns);
    break;
  default:
    __builtin_trap();
  }
}

void ck_copy(
    size_t element_size, int rank, const int32_t *shape, const void *src,
    const int64_t *src_strides, void *dst, const int64_t *dst_strides) {
  ck_layout layout;
  const int64_t *strides[] = {src_strides, dst_strides};
  ck_layout_make(&layout, 2, rank, shape, strides);
  if (layout.total == 0) return;
  int axes = layout.rank;
  // The plane's inner axis is the last; its other axis is the one the source reads along, where
  // that is neither: then the plane is a transpose and is walked in tiles.
  int row_axis = axes - 2;
  if (axes > 2 && layout.strides[0][axes - 1] != 1) {
    for (int axis = 0; axis < axes - 1; axis++) {
      if (layout.strides[0][axis] == 1) row_axis = axis;
    }
  }
  size_t columns = axes > 0 ? layout.shape[axes - 1] : 1;
  size_t rows = axes > 1 ? layout.shape[row_axis] : 1;
  int64_t from_step = axes > 0 ? layout.strides[0][axes - 1] : 0;
  int64_t to_step = axes > 0 ? layout.strides[1][axes - 1] : 0;
  int64_t from_row = axes > 1 ? layout.strides[0][row_axis] : 0;
  int64_t to_row = axes > 1 ? layout.strides[1][row_axis] : 0;
  int64_t bytes = (int64_t)element_size;
  const char *from = src;
  char *to = dst;
  size_t index[CK_MAX_RANK] = {0};
  for (;;) {
    copy_plane(element_size, from, from_row, from_step, to, to_row, to_step, rows, columns);
    int axis = axes - 2;
    for (; axis >= 0; axis--) {
      if (axis == row_axis) continue;
      index[axis]++;
      if (index[axis] < layout.shape[axis]) {
        from += layout.strides[0][axis] * bytes;
        to += layout.strides[1][axis] * bytes;
        break;
      }
      int64_t back = (int64_t)index[axis] - 1;
      from -= back * layout.strides[0][axis] * bytes;
      to -= back * layout.strides[1][axis] * bytes;
      index[axis] = 0;
    }
    if (axis < 0) return;
  }
}
