/// One input of a batch.
struct Evaluation {
  let batch: EvaluationBatch
  let index: Int
  /// The question's number, where questions are numbered.
  var number = 0
}
