"""Writes Sources/CKernels/random/sobol_table.c: the polynomials and initial direction numbers of
Sobol' sequences in 1,024 dimensions.

    python -m pip install scipy==1.17.1
    python Scripts/make_sobol_table.py

Source: S. Joe and F. Y. Kuo, "Constructing Sobol sequences with better two-dimensional
projections" (SIAM J. Sci. Comput. 30, 2008), data set new-joe-kuo-6.21201, as SciPy ships it.
"""
import os
import numpy as np
import scipy.stats

DIMENSIONS = 1024
data = np.load(os.path.join(os.path.dirname(scipy.stats.__file__), "_sobol_direction_numbers.npz"))
numbers = []
for dimension in range(DIMENSIONS):
    polynomial = int(data["poly"][dimension])
    degree = polynomial.bit_length() - 1
    numbers += [polynomial, *(int(m) for m in data["vinit"][dimension][:degree])]
assert max(numbers) < 2**16
lines, line = [], "   "
for number in numbers:
    word = f" {number},"
    if len(line) + len(word) > 100:
        lines.append(line)
        line = "   "
    line += word
lines.append(line)
with open("Sources/CKernels/random/sobol_table.c", "w") as out:
    out.write("// Written by Scripts/make_sobol_table.py: for each dimension its primitive polynomial, "
              "both end\n// coefficients included, and as many initial direction numbers as its "
              "degree.\n//\n// Source: S. Joe and F. Y. Kuo (2008), data set new-joe-kuo-6.21201.\n"
              "#include \"CKernels.h\"\n\n"
              f"const size_t ck_sobol_dimensions = {DIMENSIONS};\n\n"
              f"static const uint16_t numbers[{len(numbers)}] = {{\n")
    out.write("\n".join(lines) + "\n};\n\nconst uint16_t *ck_sobol_table(void) { return numbers; }\n")
