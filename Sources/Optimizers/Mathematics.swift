#if canImport(Darwin)
  private import Darwin
#elseif canImport(Glibc)
  private import Glibc
#elseif canImport(Musl)
  private import Musl
#endif

/// cos(πx).
func cosineOfHalfTurns(_ x: Double) -> Double { cos(Double.pi * x) }

/// baseˣ.
func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
