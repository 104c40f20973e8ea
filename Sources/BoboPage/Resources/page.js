// The page: what is told by the gateway is shown, each part by a module of its own.
import { connect } from "./store.js";
import { showFigures, showConnection } from "./figures.js";
import { showGateways, showWarnings } from "./gateways.js";
import { showHappenings } from "./happenings.js";
import { showPatterns, showRuns } from "./patterns.js";
import { showTopics } from "./topics.js";

connect({
  connection: showConnection,
  state(state) {
    showFigures(state, true);
    showPatterns(state.patterns);
    showHappenings(state.events, true);
    showTopics(state);
    showGateways(state);
    showWarnings(state.warnings);
  },
  tick(change, state) {
    showFigures(state, false);
    if (change.patterns) showPatterns(change.patterns);
    else if (change.runs.length > 0) showRuns(change.runs);
    if (change.events) showHappenings(change.events, false);
    if (change.topics) showTopics(state);
    if (change.gateways || change.peers !== undefined) showGateways(state);
    if (change.warnings) showWarnings(change.warnings);
  },
});
