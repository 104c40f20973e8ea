import io.siddhi.core.SiddhiManager;
import io.siddhi.core.event.Event;
import io.siddhi.core.stream.output.StreamCallback;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import net.minidev.json.JSONObject;
import net.minidev.json.JSONValue;

/** Siddhi NAME EVENTS COUNT: a line `result COUNT MATCHES CPU-SECONDS` a pass over events that are ready in memory; the first pass is a warm-up. */
public class Siddhi {
    static long matches;

    static String query(String name) {
        if (name.equals("w1")) {
            return "define stream S (device string, type string, value int, seq int); partition with (device of S) begin "
                + "from every a=S[type == 'A' and value > 50] -> b=S[type == 'B'] -> c=S[type == 'C'] within 60 sec "
                + "select a.seq as a, b.seq as b, c.seq as c insert into Found; end;";
        }
        return "define stream S (type string, seq int); from every a=S[type == 'A'] -> b=S[type == 'B'] "
            + "select a.seq as a, b.seq as b insert into Found;";
    }

    /** Of the whole process, so that what else runs on the machine does not count. */
    static long cpu() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    public static void main(String[] arguments) throws Exception {
        String name = arguments[0];
        var times = new ArrayList<Long>();
        var rows = new ArrayList<Object[]>();
        try (var lines = Files.lines(Path.of(arguments[1]))) {
            lines.limit(Long.parseLong(arguments[2])).forEach(line -> {
                var event = (JSONObject) JSONValue.parse(line);
                var payload = (JSONObject) event.get("payload");
                times.add(event.getAsNumber("ts").longValue());
                rows.add(name.equals("w1")
                    ? new Object[] {payload.get("device"), payload.get("type"), payload.get("value"), payload.get("seq")}
                    : new Object[] {payload.get("type"), payload.get("seq")});
            });
        }
        for (int pass = 0; pass < 4; pass++) {
            matches = 0;
            var runtime = new SiddhiManager().createSiddhiAppRuntime(query(name));
            runtime.addCallback("Found", new StreamCallback() {
                @Override public void receive(Event[] events) { matches += events.length; }
            });
            runtime.start();
            var input = runtime.getInputHandler("S");
            long start = cpu();
            for (int i = 0; i < rows.size(); i++) input.send(times.get(i), rows.get(i));
            double seconds = (cpu() - start) / 1e9;
            runtime.shutdown();
            System.out.println("result " + rows.size() + " " + matches + " " + seconds);
        }
        System.exit(0);
    }
}
