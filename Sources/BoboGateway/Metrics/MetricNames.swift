/// The names of the gateway's metrics, as Prometheus has them, and what they say.
package enum MetricNames {
    static let information = "bobo_info"
    static let received = "bobo_received_messages_total"
    static let messages = "bobo_messages_total"
    static let late = "bobo_late_events_total"
    static let timestampFaults = "bobo_message_faults_total"
    static let eventTime = "bobo_engine_event_seconds"
    static let runs = "bobo_runs"
    static let started = "bobo_runs_started_total"
    static let completed = "bobo_runs_completed_total"
    static let halted = "bobo_runs_halted_total"
    static let complexEvents = "bobo_complex_events_total"
    static let published = "bobo_published_events_total"
    static let refused = "bobo_refused_messages_total"
    static let actions = "bobo_actions_total"
    static let droppedActions = "bobo_dropped_actions_total"
    static let waitingActions = "bobo_waiting_actions"
    static let runningActions = "bobo_running_actions"
    static let timers = "bobo_timers"
    static let resting = "bobo_resting_keys"
    static let stateTopics = "bobo_state_topics"
    static let queue = "bobo_queue_messages"
    static let waiting = "bobo_unacknowledged_messages"
    static let memory = "process_resident_memory_bytes"
    static let uptime = "bobo_uptime_seconds"
    static let ready = "bobo_ready"
    static let connected = "bobo_connected"
    static let peers = "bobo_peers"
    static let peerLive = "bobo_peer_live"
    static let peerStash = "bobo_peer_stash_changes"
    static let peerSince = "bobo_peer_last_success_seconds"
    static let peerClock = "bobo_peer_clock_difference_seconds"
    static let peerBytes = "bobo_peer_bytes_total"
    static let resyncs = "bobo_resyncs_total"
    static let partitions = "bobo_partitions"

    /// What each says, for a backend that shows it.
    package static let help: [(name: String, text: String)] = [
        (information, "1; the gateway's name and version stand in the labels."),
        (received, "Messages read from the broker."),
        (
            messages,
            "Messages by what became of them: an event, dropped (the queue was full, or too large to be read), too_large (over max_payload), retained (stored before the start, no event), not_json (where the sensor says JSON)."
        ),
        (late, "Events older than the clock at their arrival."),
        (timestampFaults, "Messages whose timestamp failed or lay too far ahead, or whose event_id failed."),
        (eventTime, "Seconds that the engine took for one event, with all that came of it."),
        (runs, "Active runs by the block where they wait, counted from 0 with times written out."),
        (started, "Runs started."), (completed, "Runs completed."), (halted, "Runs halted, by cause."),
        (complexEvents, "Complex events by phenomenon and pattern, as this gateway published them."),
        (published, "Complex and action events handed to the broker."),
        (refused, "Messages that the broker refused."), (actions, "Actions by how they ended."),
        (droppedActions, "Actions that were dropped, since too many waited; they count as failed, too."),
        (waitingActions, "Actions that wait for a worker."), (runningActions, "Actions under way."),
        (timers, "Timers that are set."), (resting, "Keys of which no run starts for a while."),
        (stateTopics, "Topics whose last message is kept for latest and latest_of."),
        (queue, "Messages that wait for the engine."),
        (waiting, "Messages that wait for the broker's acknowledgment or to be sent."),
        (memory, "Resident memory in bytes."), (uptime, "Seconds since the start."),
        (ready, "1 where the gateway takes part: all is subscribed and, with peers, their state is here."),
        (connected, "1 where the connection to the broker is up."), (peers, "Peers by period."),
        (peerLive, "1 where the peer is live."), (peerStash, "Changed runs that the peer has not been sent."),
        (peerSince, "Seconds since the peer last acknowledged something."),
        (peerClock, "Seconds that the peer's clock is ahead."), (peerBytes, "Bytes to and from peers, before TLS."),
        (resyncs, "Full states sent to peers."),
        (partitions, "Partitions by who reads them: this gateway itself, another one, none that is known."),
    ]
}
