// Matrix products: ours, or where that is asked for, for large ones those of a BLAS library that the
// system has.
#include "CKernels.h"

#include <stdlib.h>
#include <string.h>

#if defined(__APPLE__)
// The interface that is not deprecated.
#define ACCELERATE_NEW_LAPACK
#include <Accelerate/Accelerate.h>
#elif defined(__linux__)
#include <dlfcn.h>
#endif

// Products of at least this many multiplications are worth a library's threads.
#define LARGE ((size_t)512 * 512 * 512)

// CBLAS: row-major is 101, a matrix as it is 111, transposed 112.
typedef void (*sgemm)(
    int order, int a_transposed, int b_transposed, int m, int n, int k, float alpha,
    const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc);
typedef void (*dgemm)(
    int order, int a_transposed, int b_transposed, int m, int n, int k, double alpha,
    const double *a, int lda, const double *b, int ldb, double beta, double *c, int ldc);

typedef struct library {
  const char *name;
  sgemm single_precision;
  dgemm double_precision;
} library;

static const library own = {"own", NULL, NULL};

#if defined(__APPLE__) || defined(__linux__)
static int wants_library(void) {
  const char *choice = getenv("PERTURBATIONS_BLAS");
  return choice != NULL && strcmp(choice, "system") == 0;
}
#endif

#if defined(__APPLE__)
static void accelerate_single(
    int order, int a_transposed, int b_transposed, int m, int n, int k, float alpha,
    const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc) {
  cblas_sgemm(order, a_transposed, b_transposed, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

static void accelerate_double(
    int order, int a_transposed, int b_transposed, int m, int n, int k, double alpha,
    const double *a, int lda, const double *b, int ldb, double beta, double *c, int ldc) {
  cblas_dgemm(order, a_transposed, b_transposed, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

static const library accelerate = {"Accelerate", accelerate_single, accelerate_double};

static const library *find(void) { return wants_library() ? &accelerate : &own; }
#elif defined(__linux__)
static const library *find(void) {
  // Filled once; racing threads write the same values.
  static library openblas;
  if (!wants_library()) return &own;
  static const char *const files[] = {"libopenblas.so.0", "libopenblas.so", "libblas.so.3"};
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    void *handle = dlopen(files[i], RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) continue;
    // The reference BLAS answers to the last name too, and is slower than ours.
    void *mark = dlsym(handle, "openblas_get_config");
    sgemm single_precision = (sgemm)dlsym(handle, "cblas_sgemm");
    dgemm double_precision = (dgemm)dlsym(handle, "cblas_dgemm");
    if (mark != NULL && single_precision != NULL && double_precision != NULL) {
      openblas.single_precision = single_precision;
      openblas.double_precision = double_precision;
      openblas.name = "OpenBLAS";
      return &openblas;
    }
    dlclose(handle);
  }
  return &own;
}
#else
static const library *find(void) { return &own; }
#endif

static const library *current(void) {
  static const library *chosen;
  const library *known = __atomic_load_n(&chosen, __ATOMIC_ACQUIRE);
  if (known == NULL) {
    known = find();
    __atomic_store_n(&chosen, known, __ATOMIC_RELEASE);
  }
  return known;
}

const char *ck_matmul_provider(void) { return current()->name; }

void ck_matmul_own(
    ck_dtype type, size_t m, size_t n, size_t k, const void *a, size_t lda, int a_transposed,
    const void *b, size_t ldb, int b_transposed, void *c, size_t ldc) {
  ck_table_current()->maths.matmul(
      type, m, n, k, a, lda, a_transposed, b, ldb, b_transposed, c, ldc);
}

void ck_matmul(
    ck_dtype type, size_t m, size_t n, size_t k, const void *a, size_t lda, int a_transposed,
    const void *b, size_t ldb, int b_transposed, void *c, size_t ldc) {
  int fits = m <= INT32_MAX && n <= INT32_MAX && k <= INT32_MAX && lda <= INT32_MAX &&
             ldb <= INT32_MAX && ldc <= INT32_MAX;
  // Thin products are bound by memory and stay here.
  int large = fits && m >= 64 && n >= 64 && k >= 64 && m * n * k >= LARGE;
  if (large && (type == CK_F32 || type == CK_F64)) {
    const library *blas = current();
    int turn_a = a_transposed ? 112 : 111, turn_b = b_transposed ? 112 : 111;
    if (type == CK_F32 && blas->single_precision != NULL) {
      blas->single_precision(
          101, turn_a, turn_b, (int)m, (int)n, (int)k, 1, a, (int)lda, b, (int)ldb, 0, c,
          (int)ldc);
      return;
    }
    if (type == CK_F64 && blas->double_precision != NULL) {
      blas->double_precision(
          101, turn_a, turn_b, (int)m, (int)n, (int)k, 1, a, (int)lda, b, (int)ldb, 0, c,
          (int)ldc);
      return;
    }
  }
  ck_matmul_own(type, m, n, k, a, lda, a_transposed, b, ldb, b_transposed, c, ldc);
}
