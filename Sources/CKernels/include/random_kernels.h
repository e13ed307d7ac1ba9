#ifndef CKERNELS_RANDOM_KERNELS_H
#define CKERNELS_RANDOM_KERNELS_H

#include <stddef.h>
#include <stdint.h>

// The two words of a threefry2x32 key, JAX's key data in JAX's order.
typedef struct ck_key {
  uint32_t first;
  uint32_t second;
} ck_key;

// The distributions, each by jax.random's own transformation of the same random bits.
typedef enum ck_distribution {
  CK_UNIFORM = 0,      // [0, 1)
  CK_NORMAL = 1,       // √2 · erf⁻¹(u), u in (-1, 1)
  CK_GUMBEL = 2,       // -log(-log u)
  CK_LOGISTIC = 3,     // log u - log(1 - u)
  CK_LAPLACE = 4,      // sign(u) log(1 - |u|), u in (-1, 1)
  CK_EXPONENTIAL = 5,  // -log(1 - u)
  CK_RADEMACHER = 6,   // -1 or 1
} ck_distribution;

#define CK_DISTRIBUTION_COUNT 7

// The most counters that argmax_scores takes.
#define CK_MOST_WINNERS 128

// How the samples of a block depend on one another.
typedef enum ck_dependence {
  CK_INDEPENDENT = 0,
  CK_MIRRORED = 1,    // samples 2p and 2p + 1 are z and mirror - z, for the draws z of child p
  CK_POINTS = 2,      // draws from the words of Sobol' points in the place of random bits
  CK_ORTHOGONAL = 3,  // normal draws, made orthogonal in runs of `count` samples
} ck_dependence;

// Scrambled Sobol' points: sample i is point i / R of scrambling i mod R, R = scramblings.
typedef struct ck_points {
  const uint32_t *directions;  // [scrambling, digit of the Gray code, dimension], 32 digits
  const uint32_t *shifts;      // [scrambling, dimension]
  size_t dimensions;
  size_t scramblings;
  size_t first_dimension;      // that of column 0
} ck_points;

// The draws of a run of samples. Independent ones: row r holds the draws at the counters
// [first_counter, first_counter + count) of the key child(child(key, first_sample + r), leaf).
typedef struct ck_sample_block {
  ck_key key;
  ck_distribution distribution;
  uint64_t first_sample;
  size_t samples;
  uint64_t leaf;
  uint64_t first_counter;
  size_t count;
  ck_dependence dependence;
  // Mirrored: what pairs add up to. Their first sample and their number are even.
  double mirror;
  // Points: at most CK_MOST_DIMENSIONS columns.
  const ck_points *points;
  // Orthogonal: ck_orthogonal_memory(count) elements, aligned to 256 bytes. The first sample is a
  // multiple of count, and count at most CK_MOST_DIMENSIONS.
  void *memory;
  // The two words of each sample's key, which row_keys writes; NULL where they are to be derived.
  // Mirrored: of each pair's.
  const uint32_t *keys0, *keys1;
} ck_sample_block;

#define CK_MOST_DIMENSIONS 1024
// Keys come in whole vectors: so many more than there are samples.
#define CK_KEY_PADDING 64

// Up to this many columns a lane makes a whole run orthogonal, beyond it a run takes all lanes.
#define CK_SMALL_RUN 24
// Lanes come in so many.
#define CK_RUN_LANES 64

static inline size_t ck_orthogonal_memory(size_t count) {
  // Eight columns to spare.
  if (count <= CK_SMALL_RUN) return CK_RUN_LANES * count * (count + 8);
  const size_t lanes = (count + CK_RUN_LANES - 1) / CK_RUN_LANES * CK_RUN_LANES;
  // The run as drawn; its columns; four reflections.
  return lanes * count + lanes * (count + 8) + 4 * lanes;
}

// Every function gives the same bits whichever table it comes from, and element j of a result
// does not depend on how the counters or samples were cut into calls.
typedef struct ck_random_kernels {
  // out[i] = child(key, first + i): element `first + i` of jax.random.split(key, any n).
  void (*children)(ck_key key, uint64_t first, size_t count, ck_key *out);

  // Raw bits at the counters from first_counter on.
  void (*bits32)(ck_key key, uint64_t first_counter, size_t count, uint32_t *out);
  void (*bits64)(ck_key key, uint64_t first_counter, size_t count, uint64_t *out);

  // Draws of one key at the counters from first_counter on.
  void (*draw_f32)(ck_key key, ck_distribution distribution, uint64_t first_counter, size_t count,
                   float *out);
  void (*draw_f64)(ck_key key, ck_distribution distribution, uint64_t first_counter, size_t count,
                   double *out);

  // Row r of the block at out + r * row_stride; row_stride >= count.
  void (*sample_noise_f32)(const ck_sample_block *block, float *out, size_t row_stride);
  void (*sample_noise_f64)(const ck_sample_block *block, double *out, size_t row_stride);

  // out[r][j] = theta[j] + sigma * z[r][j], and z into noise where that is not NULL. theta has
  // block->count elements, theta[0] belonging to first_counter.
  void (*perturb_f32)(const ck_sample_block *block, const float *theta, float sigma, float *out,
                      float *noise, size_t row_stride);
  void (*perturb_f64)(const ck_sample_block *block, const double *theta, double sigma, double *out,
                      double *noise, size_t row_stride);

  // index[r] = the index, counted from first_counter, of the first maximum of row r of perturb:
  // element j takes over where it is greater than the best before it, so a NaN at 0 stays and
  // later ones are passed over. block->count >= 1.
  void (*argmax_samples_f32)(const ck_sample_block *block, const float *theta, float sigma,
                             int32_t *index);
  void (*argmax_samples_f64)(const ck_sample_block *block, const double *theta, double sigma,
                             int32_t *index);

  // The same index and sums[w][j] += Σ s(z[r][j]) over the rows r with index[r] = w, for sums
  // [block->count, block->count]: from one pass over the draws all that the gradient of any function
  // of the index needs. block->count <= CK_MOST_WINNERS; the order of summation depends on the
  // block alone.
  void (*argmax_scores_f32)(const ck_sample_block *block, const float *theta, float sigma,
                            int32_t *index, double *sums);
  void (*argmax_scores_f64)(const ck_sample_block *block, const double *theta, double sigma,
                            int32_t *index, double *sums);

  // lanes[j][r mod 8] += weights[r] s(z[r][j]) for lanes [block->count, 8]: the sums of scores that
  // an estimate of a gradient is made of, in an order that depends on the block alone.
  void (*score_sums_f32)(const ck_sample_block *block, const double *weights, double *lanes);
  void (*score_sums_f64)(const ck_sample_block *block, const double *weights, double *lanes);

  // out[r] = 1 where at least `least` entries of row r of perturb are not negative, -1 elsewhere;
  // lost[j] += Σ s(z[r][j]) over the rows with -1, won[j] += those over the rows with 1, whose number
  // is returned. block->count <= CK_MOST_WINNERS.
  size_t (*vote_scores_f32)(const ck_sample_block *block, const float *theta, float sigma,
                            size_t least, float *out, double *lost, double *won);
  size_t (*vote_scores_f64)(const ck_sample_block *block, const double *theta, double sigma,
                            size_t least, double *out, double *lost, double *won);

  // Rows [rows, count] of normal draws -> the same lengths with orthogonal directions, for one run
  // of at most `count` rows. The run's first r rows depend on these alone. `memory` has
  // ck_orthogonal_memory(count) elements, aligned to 256 bytes.
  void (*orthogonal_rows_f32)(float *z, size_t rows, size_t count, float *memory);
  void (*orthogonal_rows_f64)(double *z, size_t rows, size_t count, double *memory);

  // The keys of a block's samples, of its pairs where they are mirrored, as words apart; room for
  // CK_KEY_PADDING more of each.
  void (*row_keys)(const ck_sample_block *block, uint32_t *keys0, uint32_t *keys1);

  // s(z) = -d/dz log p(z) and ds/dz, for normal, Gumbel, logistic and Laplace. NaN for the
  // others, whose densities have no score.
  void (*score_f32)(ck_distribution distribution, const float *z, size_t count, float *out);
  void (*score_f64)(ck_distribution distribution, const double *z, size_t count, double *out);
  void (*score_derivative_f32)(ck_distribution distribution, const float *z, size_t count,
                               float *out);
  void (*score_derivative_f64)(ck_distribution distribution, const double *z, size_t count,
                               double *out);

  // Draws from given words in the place of random bits: increasing in the word for all but
  // Rademacher, so that an even spread of words becomes an even spread of quantiles.
  void (*transform_f32)(ck_distribution distribution, const uint32_t *words, size_t count,
                        float *out);
  void (*transform_f64)(ck_distribution distribution, const uint64_t *words, size_t count,
                        double *out);

  // Logarithms of draws from the Gamma distribution of a positive finite shape and scale 1, at the
  // counters from first_counter on. As logarithms, because draws of a small shape underflow.
  void (*log_gamma)(ck_key key, double shape, uint64_t first_counter, size_t count, double *out);
} ck_random_kernels;

// Sobol' sequences: for each dimension its polynomial and initial direction numbers, one after the
// other. See Scripts/make_sobol_table.py.
extern const size_t ck_sobol_dimensions;
const uint16_t *ck_sobol_table(void);

#endif
