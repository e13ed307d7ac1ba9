public import Tensors

extension Linear where Scalar == Float {
  /// A layer as `torch.nn.Linear` begins: first the weight, then the bias, both uniform on
  /// ±1 / √inputs.
  ///
  /// PyTorch writes the weight's distribution as Kaiming's with a = √5, which is the same.
  ///
  /// - Parameters:
  ///   - inputs: The extent of the last axis of what comes in.
  ///   - outputs: The extent of the last axis of what goes out.
  ///   - hasBias: Whether something is added.
  ///   - generator: PyTorch's generator, which goes on by one draw for each parameter.
  public init(
    inputs: Int, outputs: Int, hasBias: Bool = true, using generator: inout TorchGenerator
  ) {
    require(
      inputs >= 1 && outputs >= 1, "Linear",
      "\(inputs) inputs and \(outputs) outputs, expected at least one of each")
    let bound = 1 / Double(inputs).squareRoot()
    let weight = generator.uniform([outputs, inputs], within: bound)
    self.init(
      weight: weight, bias: hasBias ? generator.uniform([outputs], within: bound) : nil)
  }
}
