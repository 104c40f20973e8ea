/// What a cut says: the gateway that reads from there on, in which of its lives, and the how manieth of that life's cuts it is,
/// as `gw-a 5e0c.12`. Of a cut without life and number each one counts.
struct CutName {
    let gateway: String
    private let life: String
    private let number: Int?

    init(_ gateway: String, _ life: String, _ number: Int) {
        self.gateway = gateway
        self.life = life
        self.number = number
    }

    init(_ text: String) {
        guard let space = text.lastIndex(of: " "), let dot = text[space...].lastIndex(of: "."),
            let number = Int(text[text.index(after: dot)...])
        else {
            gateway = text.lastIndex(of: " ").map { String(text[..<$0]) } ?? text
            life = ""
            number = nil
            return
        }
        gateway = String(text[..<space])
        life = String(text[text.index(after: space)..<dot])
        self.number = number
    }

    var text: String { number.map { "\(gateway) \(life).\($0)" } ?? gateway }

    /// Whether it is one that has been read, or one of before that.
    func isRepeated(after last: CutName) -> Bool {
        guard life == last.life, let number, let before = last.number else { return false }
        return number <= before
    }
}
