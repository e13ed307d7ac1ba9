"""Prints the coefficients of maths/functions_*.inc: polynomials that interpolate at Chebyshev's
nodes (within a small factor of the minimax error), rounded to the element type, each with the
greatest relative error of the function it stands in for, before rounding in evaluation."""
from mpmath import mp, mpf, exp, log, sin, cos, erf, erfc, sqrt, pi, chop, atan, matrix, lu_solve, cos as mcos
import struct
mp.dps = 60

def fit(f, a, b, degree):
    n = degree + 1
    nodes = [(a + b) / 2 + (b - a) / 2 * mcos(pi * (2 * i + 1) / (2 * n)) for i in range(n)]
    A = matrix(n, n)
    y = matrix(n, 1)
    for i, x in enumerate(nodes):
        for j in range(n):
            A[i, j] = x ** j
        y[i] = f(x)
    c = lu_solve(A, y)
    return [c[i] for i in range(n)]

def poly(c, x):
    s = mpf(0)
    for v in reversed(c):
        s = s * x + v
    return s

def rnd(v, bits):
    if bits == 64:
        return float(v)
    return struct.unpack('f', struct.pack('f', float(v)))[0]

def show(name, f, a, b, degree, whole, true, bits=64):
    c = [rnd(v, bits) for v in fit(f, mpf(a), mpf(b), degree)]
    worst = mpf(0)
    for i in range(1, 2000):
        x = mpf(a) + (mpf(b) - a) * i / 2000
        t = true(x)
        if t != 0:
            worst = max(worst, abs(whole(c, x) / t - 1))
    print(f'// {name}: relative error {mp.nstr(worst, 2)}')
    print('{' + ', '.join((v.hex() + ('f' if bits == 32 else '')) for v in c) + '},')

h = log(mpf(2)) / 2 * mpf('1.001')
q = lambda x: (exp(x) - 1 - x) / x ** 2 if abs(x) > 1e-6 else mpf(1) / 2 + x / 6 + x * x / 24 + x ** 3 / 120
for bits, d in ((64, 10), (32, 4), (32, 5)):
    show(f'expm1 {bits} degree {d}', q, -h, h, d, lambda c, x: x + x * x * poly(c, x), lambda x: exp(x) - 1, bits)
b = ((sqrt(mpf(2)) - 1) / (sqrt(mpf(2)) + 1)) ** 2 * mpf('1.001')
def R(z):
    s = sqrt(z)
    return (log((1 + s) / (1 - s)) - 2 * s) / (s * z)
for bits, d in ((64, 6), (32, 2), (32, 3)):
    show(f'log {bits} degree {d}', R, mpf('1e-20'), b, d, lambda c, z: 2 + z * poly(c, z), lambda z: log((1 + sqrt(z)) / (1 - sqrt(z))) / sqrt(z), bits)
# pow: 2 atanh(s) = 2s + s^3 (2/3 + z T(z))
def T(z):
    return (R(z) - mpf(2) / 3) / z
show('pow log', T, mpf('1e-12'), b, 8, lambda c, z: 2 + z * (mpf(2) / 3 + z * poly(c, z)), lambda z: log((1 + sqrt(z)) / (1 - sqrt(z))) / sqrt(z))
q4 = (pi / 4 * mpf('1.001')) ** 2
for d in (5, 6):
    show(f'sin {d}', lambda z: (sin(sqrt(z)) / sqrt(z) - 1) / z, mpf('1e-20'), q4, d, lambda c, z: 1 + z * poly(c, z), lambda z: sin(sqrt(z)) / sqrt(z))
    show(f'cos {d}', lambda z: (cos(sqrt(z)) - 1 + z / 2) / z ** 2, mpf('1e-16'), q4, d, lambda c, z: 1 - z / 2 + z * z * poly(c, z), lambda z: cos(sqrt(z)))
for d in (2, 3):
    show(f'sin32 {d}', lambda z: (sin(sqrt(z)) / sqrt(z) - 1) / z, mpf('1e-20'), q4, d, lambda c, z: 1 + z * poly(c, z), lambda z: sin(sqrt(z)) / sqrt(z))
    show(f'cos32 {d}', lambda z: (cos(sqrt(z)) - 1 + z / 2) / z ** 2, mpf('1e-16'), q4, d, lambda c, z: 1 - z / 2 + z * z * poly(c, z), lambda z: cos(sqrt(z)))
for d in (12, 13):
    show(f'erf small {d}', lambda z: erf(sqrt(z)) / sqrt(z), mpf('1e-20'), mpf('1.001'), d, poly, lambda z: erf(sqrt(z)) / sqrt(z))
for d in (16, 18, 20, 22):
    a_, b_ = mpf(1), mpf(6)
    # t = (x - 2) / (x + 2)
    show(f'erfcx {d}', lambda t: (lambda x: exp(x * x) * erfc(x))(2 * (1 + t) / (1 - t)), mpf(-1) / 3, mpf(4) / 8, d,
         lambda c, t: poly(c, t), lambda t: (lambda x: exp(x * x) * erfc(x))(2 * (1 + t) / (1 - t)))
ta = (sqrt(mpf(2)) - 1) ** 2 * mpf('1.001')
for d in (9, 10, 11):
    show(f'atan {d}', lambda z: (atan(sqrt(z)) / sqrt(z) - 1) / z, mpf('1e-20'), ta, d, lambda c, z: 1 + z * poly(c, z), lambda z: atan(sqrt(z)) / sqrt(z))
tb = mpf('0.625')
for d in (3,4,5,6):
    from mpmath import tanh
    show(f'tanh32 {d}', lambda z: (tanh(sqrt(z)) / sqrt(z) - 1) / z, mpf('1e-20'), tb**2, d, lambda c, z: 1 + z * poly(c, z), lambda z: tanh(sqrt(z)) / sqrt(z), 32)
ln2 = log(mpf(2))
def trunc(v, bits):
    from mpmath import floor, frexp
    m, e = frexp(v)
    return floor(m * mpf(2) ** bits) / mpf(2) ** bits * mpf(2) ** e
def hx(v): return float(v).hex()
hi = trunc(ln2, 40); print('ln2 hi(40 bits), lo', hx(hi), hx(ln2 - hi), hx(ln2-hi-mpf(float(ln2-hi))))
hi32 = trunc(ln2, 14); print('ln2 f32', hx(hi32), rnd(ln2 - hi32, 32).hex())
print('log2e', hx(1 / ln2), rnd(1 / ln2, 32).hex())
p = pi / 2
parts = []
for i in range(3):
    t = trunc(p, 33); parts.append(t); p -= t
print('pio2', [hx(t) for t in parts], hx(p), '2/pi', hx(2 / pi))
P = pi / 2; print('pio2 dd', hx(P), hx(P - mpf(float(P))))
print('pi dd', hx(pi), hx(pi - mpf(float(pi))), 'pi/4', hx(pi/4), hx(pi/4 - mpf(float(pi/4))))
mp.dps = 500
v = 2 / pi
bits = int(mp.floor(v * mpf(2) ** (64 * 20)))
print('2/pi words', ', '.join('0x%016x' % ((bits >> (64 * (19 - i))) & (2**64 - 1)) for i in range(20)))
mp.dps=60
print('2/3 dd', hx(mpf(2)/3), hx(mpf(2)/3 - mpf(float(mpf(2)/3))))
