#!/usr/bin/env bash
# [a,b] -> (a - b)²: a worker that needs nothing but a shell. Those in Python and C beside it are faster.
while IFS= read -r line; do
  line=${line#[} line=${line%]}
  awk -v a="${line%%,*}" -v b="${line##*,}" 'BEGIN { printf "%.17g\n", (a - b) ^ 2 }'
done
