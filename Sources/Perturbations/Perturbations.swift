@_exported public import Solvers
@_exported public import Tensors
