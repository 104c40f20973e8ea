import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.minidev.json.JSONObject;
import net.minidev.json.JSONValue;
import org.apache.flink.cep.CEP;
import org.apache.flink.cep.functions.PatternProcessFunction;
import org.apache.flink.cep.nfa.aftermatch.AfterMatchSkipStrategy;
import org.apache.flink.cep.pattern.Pattern;
import org.apache.flink.cep.pattern.conditions.SimpleCondition;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.functions.source.SourceFunction;
import org.apache.flink.streaming.api.windowing.time.Time;
import org.apache.flink.util.Collector;

/** Flink NAME EVENTS COUNT: a line `result COUNT MATCHES CPU-SECONDS` a pass over events that are ready in memory; the first pass is a warm-up. */
public class Flink {
    static final List<Reading> READINGS = new ArrayList<>();
    static long matches, started, ended;

    public static class Reading {
        public String device = "", type = "";
        public int value, seq;
    }

    public static class Ready implements SourceFunction<Reading> {
        @Override public void run(SourceContext<Reading> context) {
            started = cpu();
            for (Reading reading : READINGS) context.collect(reading);
        }
        @Override public void cancel() {}
    }

    public static class Counting extends PatternProcessFunction<Reading, Integer> {
        @Override public void processMatch(Map<String, List<Reading>> match, Context context, Collector<Integer> out) { matches++; }
        @Override public void close() { ended = cpu(); }
    }

    public static class OfType extends SimpleCondition<Reading> {
        final String type;
        final int above;
        OfType(String type, int above) { this.type = type; this.above = above; }
        @Override public boolean filter(Reading reading) { return reading.type.equals(type) && reading.value > above; }
    }

    /** Of the whole process, so that what else runs on the machine does not count. */
    static long cpu() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    public static void main(String[] arguments) throws Exception {
        boolean keyed = arguments[0].equals("w1");
        try (var lines = Files.lines(Path.of(arguments[1]))) {
            lines.limit(Long.parseLong(arguments[2])).forEach(line -> {
                var payload = (JSONObject) ((JSONObject) JSONValue.parse(line)).get("payload");
                var reading = new Reading();
                reading.type = payload.getAsString("type");
                reading.seq = payload.getAsNumber("seq").intValue();
                if (keyed) {
                    reading.device = payload.getAsString("device");
                    reading.value = payload.getAsNumber("value").intValue();
                }
                READINGS.add(reading);
            });
        }
        for (int pass = 0; pass < 4; pass++) {
            matches = 0;
            var environment = StreamExecutionEnvironment.createLocalEnvironment(1);
            environment.getConfig().enableObjectReuse();
            DataStream<Reading> stream = environment.addSource(new Ready()).returns(Reading.class);
            if (keyed) stream = stream.keyBy(reading -> reading.device);
            Pattern<Reading, Reading> pattern = Pattern.<Reading>begin("a", AfterMatchSkipStrategy.noSkip())
                .where(new OfType("A", keyed ? 50 : -1)).followedBy("b").where(new OfType("B", -1));
            if (keyed) pattern = pattern.followedBy("c").where(new OfType("C", -1)).within(Time.seconds(60));
            CEP.pattern(stream, pattern).inProcessingTime().process(new Counting()).sinkTo(new DiscardingSink<>());
            environment.execute();
            System.out.println("result " + READINGS.size() + " " + matches + " " + (ended - started) / 1e9);
        }
        System.exit(0);
    }
}
