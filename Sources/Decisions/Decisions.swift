@_exported public import Perturbations
