/// One input of a batch.
struct Evaluation {
  let batch: EvaluationBatch
  let index: Int
}
