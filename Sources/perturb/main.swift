print("perturb")
