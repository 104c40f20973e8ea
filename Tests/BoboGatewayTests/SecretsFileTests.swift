import BoboYAML
import Testing

@testable import BoboGateway

@Suite struct SecretsFileTests {
    private func load(_ yaml: String) throws -> (secrets: [String: Secret]?, messages: [String]) {
        let folder = try ConfigurationFolder()
        let problems = ProblemCollector()
        let secrets = SecretsFile.load(path: try folder.write("s.yaml", yaml), problems: problems)
        return (secrets, problems.problems.map { $0.description.replacing(folder.path + "/", with: "") })
    }

    @Test func namesAndTexts() throws {
        let (secrets, messages) = try load("token: abc\npin: \"007\"")
        #expect(secrets == ["token": Secret("abc"), "pin": Secret("007")])
        #expect(messages == [])
        #expect(try load("").secrets == [:])
    }

    @Test(arguments: [
        "token: 123987", "token: [123987]", "token: !123987 x", "token: @123987", "123987", "- 123987",
        "token: \"123987\" 123987",
        "token: *123987", "a: &123987 {", "token: 123987: 1", "token: !!int 123987x",
    ])
    func noMessageShowsASecret(_ yaml: String) throws {
        let (secrets, messages) = try load(yaml)
        #expect(secrets == nil)
        #expect(messages.count >= 1)
        #expect(!messages.contains { $0.contains("123987") }, "\(messages)")
    }
}
