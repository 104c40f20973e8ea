extension ReadJSON {
    /// Of an entry of a peer's message: how many events the run's history has, where all its runs have as many.
    var historyLength: Int {
        let base = self["base"]
        return Int(base.number ?? base[0].number ?? 0) + self["add"].count
    }
}
