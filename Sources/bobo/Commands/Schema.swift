import ArgumentParser
import BoboGateway
import BoboPatterns

struct Schema: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Prints the JSON Schema of pattern files or of the configuration, for editors.",
        discussion: """
            An editor with a YAML language server completes keys with it, and marks what is wrong while one types. A file
            names its schema in its first line:

              bobo schema pattern > pattern.schema.json
              # yaml-language-server: $schema=../pattern.schema.json

            What the schema cannot say, such as whether an expression is sound, `bobo check` does.
            """)

    enum Kind: String, ExpressibleByArgument, CaseIterable {
        case pattern, configuration

        var json: String {
            switch self {
            case .pattern: PatternSchema.json
            case .configuration: ConfigurationSchema.json
            }
        }
    }

    @Argument(help: ArgumentHelp("Of which files.", valueName: "kind"))
    var kind: Kind

    func run() { print(kind.json) }
}
