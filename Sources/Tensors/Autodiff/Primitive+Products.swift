internal import CKernels

// Operations on matrices: products and distances.

func evaluateMatrixProduct(_ a: Value, _ b: Value, _ transposeA: Bool, _ transposeB: Bool)
  -> Value
{
  let (aRows, aColumns) = (a.shape[a.rank - 2], a.shape[a.rank - 1])
  let (bRows, bColumns) = (b.shape[b.rank - 2], b.shape[b.rank - 1])
  let m = transposeA ? aColumns : aRows
  let k = transposeA ? aRows : aColumns
  let n = transposeB ? bRows : bColumns
  let aBatch = Shape(a.shape[0..<a.rank - 2])
  let bBatch = Shape(b.shape[0..<b.rank - 2])
  guard let batch = Shape.broadcast(aBatch, bBatch), k == (transposeB ? bColumns : bRows) else {
    trap(
      "matmul",
      "shapes \(a.shape)\(transposeA ? "ᵀ" : "") and \(b.shape)\(transposeB ? "ᵀ" : "") do not match"
    )
  }
  var shape = batch
  shape.append(m)
  shape.append(n)
  let size = a.type.size
  return .dense(shape, a.type) { out in
    a.withPointer { aPointer in
      b.withPointer { bPointer in
        func product(_ i: Int, _ j: Int, _ o: Int, _ m: Int) {
          ck_matmul(
            a.type.kernelType, m, n, k, aPointer + i * aRows * aColumns * size, aColumns,
            transposeA ? 1 : 0, bPointer + j * bRows * bColumns * size, bColumns,
            transposeB ? 1 : 0, out + o * shape[shape.rank - 2] * n * size, n)
        }
        if bBatch.elementCount == 1 && !transposeA {
          // One matrix on the right: the rows of all matrices on the left are one tall matrix.
          product(0, 0, 0, batch.elementCount * m)
          return
        }
        let aStrides = aBatch.strides(broadcastTo: batch)
        let bStrides = bBatch.strides(broadcastTo: batch)
        let own = batch.strides
        for position in 0..<batch.elementCount {
          var (i, j, rest) = (0, 0, position)
          for axis in 0..<batch.rank {
            let coordinate = rest / Int(own[axis])
            rest -= coordinate * Int(own[axis])
            i += coordinate * Int(aStrides[axis])
            j += coordinate * Int(bStrides[axis])
          }
          product(i, j, position, m)
        }
      }
    }
  }
}

func evaluatePairwise(_ x: Value, _ y: Value) -> Value {
  let (m, n, d) = (x.shape[x.rank - 2], y.shape[y.rank - 2], x.shape[x.rank - 1])
  var shape = Shape(x.shape[0..<x.rank - 2])
  let batch = shape.elementCount
  shape.append(m)
  shape.append(n)
  let size = x.type.size
  return .dense(shape, x.type) { out in
    x.withPointer { xPointer in
      y.withPointer { yPointer in
        for i in 0..<batch {
          ck_pairwise_squared_distance(
            x.type.kernelType, m, n, d, xPointer + i * m * d * size, yPointer + i * n * d * size,
            out + i * m * n * size)
        }
      }
    }
  }
}
