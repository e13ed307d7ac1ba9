@_exported public import Tensors
