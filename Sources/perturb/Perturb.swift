internal import PerturbCommands

/// The executable; everything it does is in `PerturbCommands`, where tests reach it.
@main
enum Perturb {
  static func main() { PerturbTool.main() }
}
