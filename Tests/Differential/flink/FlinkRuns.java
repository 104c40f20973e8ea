import java.io.*;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.*;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.*;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.cep.configuration.SharedBufferCacheConfig;
import org.apache.flink.cep.nfa.NFA;
import org.apache.flink.cep.nfa.NFAState;
import org.apache.flink.cep.nfa.aftermatch.AfterMatchSkipStrategy;
import org.apache.flink.cep.nfa.compiler.NFACompiler;
import org.apache.flink.cep.nfa.sharedbuffer.SharedBuffer;
import org.apache.flink.cep.nfa.sharedbuffer.SharedBufferAccessor;
import org.apache.flink.cep.pattern.Pattern;
import org.apache.flink.cep.pattern.conditions.SimpleCondition;
import org.apache.flink.cep.time.TimerService;
import org.apache.flink.streaming.api.windowing.time.Time;

/**
 * The completed runs that Flink's CEP library finds: cases on standard input, as flink.py writes them, and for each a line
 * {@code case ID} and one {@code name:seq,seq name:seq} for each match, in order, on standard output.
 *
 * The library's automaton is driven as its operator drives it for events in the order of their times: for each event first
 * the time, then the event.
 */
public class FlinkRuns {
    /** An event is a text "seq ts letter", so that the library's own serializer serves. */
    static class Letters extends SimpleCondition<String> {
        final String letters;

        Letters(String letters) { this.letters = letters; }

        @Override
        public boolean filter(String event) { return letters.indexOf(event.charAt(event.length() - 1)) >= 0; }
    }

    @SuppressWarnings("unchecked")
    static Pattern<String, String> pattern(List<String[]> blocks, long within, AfterMatchSkipStrategy skip) {
        Pattern<String, String> pattern = null;
        for (String[] block : blocks) {
            String name = block[1], letters = block[3];
            switch (block[2]) {
                case "begin": pattern = (Pattern<String, String>) (Pattern<?, ?>) Pattern.<String>begin(name, skip); break;
                case "next": pattern = pattern.next(name); break;
                case "followed": pattern = pattern.followedBy(name); break;
                case "absent": pattern = pattern.notFollowedBy(name); break;
                default: throw new IllegalArgumentException(block[2]);
            }
            pattern = pattern.where(new Letters(letters));
            int min = Integer.parseInt(block[4]), max = Integer.parseInt(block[5]);
            if (max < 0) {
                pattern = min == 0 ? pattern.oneOrMore().optional().greedy() : min == 1
                    ? pattern.oneOrMore().greedy() : pattern.timesOrMore(min).greedy();
                if (!block[6].equals("-")) pattern = pattern.until(new Letters(block[6]));
            } else if (min == 0) {
                pattern = max == 1 ? pattern.optional() : pattern.times(1, max).optional().greedy();
            } else if (min != max) {
                pattern = pattern.times(min, max).greedy();
            } else if (min > 1) {
                pattern = pattern.times(min);
            }
        }
        return within > 0 ? pattern.within(Time.milliseconds(within)) : pattern;
    }

    /** The conditions ask nothing of it. */
    static final RuntimeContext NOTHING = (RuntimeContext) Proxy.newProxyInstance(
        FlinkRuns.class.getClassLoader(), new Class<?>[] {RuntimeContext.class}, (proxy, method, arguments) -> null);

    static void run(String id, Pattern<String, String> pattern, AfterMatchSkipStrategy skip, List<String> events, PrintStream out)
            throws Exception {
        NFA<String> nfa = NFACompiler.compileFactory(pattern, false).createNFA();
        nfa.open(NOTHING, new org.apache.flink.configuration.Configuration());
        SharedBuffer<String> buffer = new SharedBuffer<>(new Memory(), StringSerializer.INSTANCE, new SharedBufferCacheConfig());
        NFAState state = nfa.createInitialNFAState();
        TimerService clock = System::currentTimeMillis;
        out.println("case " + id);
        for (String event : events) {
            long ts = Long.parseLong(event.split(" ")[1]);
            try (SharedBufferAccessor<String> accessor = buffer.getAccessor()) {
                print(nfa.advanceTime(accessor, state, ts, skip).f0, out);
            }
            try (SharedBufferAccessor<String> accessor = buffer.getAccessor()) {
                print(nfa.process(accessor, state, event, ts, skip, clock), out);
            }
        }
        try (SharedBufferAccessor<String> accessor = buffer.getAccessor()) {
            print(nfa.advanceTime(accessor, state, Long.MAX_VALUE / 2, skip).f0, out);
        }
        buffer.releaseCacheStatisticsTimer();
    }

    static void print(Collection<Map<String, List<String>>> matches, PrintStream out) {
        for (Map<String, List<String>> match : matches) {
            StringJoiner line = new StringJoiner(" ");
            new TreeMap<>(match).forEach((name, events) -> {
                StringJoiner seqs = new StringJoiner(",");
                for (String event : events) seqs.add(event.split(" ")[0]);
                line.add(name + ":" + seqs);
            });
            out.println(line);
        }
    }

    public static void main(String[] arguments) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(new BufferedOutputStream(System.out), false, "UTF-8");
        List<String[]> blocks = new ArrayList<>();
        List<String> events = new ArrayList<>();
        String id = "";
        long within = 0;
        AfterMatchSkipStrategy skip = AfterMatchSkipStrategy.noSkip();
        for (String line; (line = in.readLine()) != null;) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "case":
                    id = words[1];
                    within = Long.parseLong(words[2]);
                    skip = words[3].equals("1") ? AfterMatchSkipStrategy.skipPastLastEvent() : AfterMatchSkipStrategy.noSkip();
                    blocks.clear();
                    events.clear();
                    break;
                case "block": blocks.add(words); break;
                case "event": events.add(line.substring(6)); break;
                case "end": run(id, pattern(blocks, within, skip), skip, events, out); break;
                default: throw new IllegalArgumentException(line);
            }
        }
        out.flush();
    }

    /** What the library keeps, in memory. */
    static class Memory implements KeyedStateStore {
        @Override
        public <T> ValueState<T> getState(ValueStateDescriptor<T> descriptor) {
            return new ValueState<T>() {
                private T value;
                public T value() { return value; }
                public void update(T value) { this.value = value; }
                public void clear() { value = null; }
            };
        }

        @Override
        public <K, V> MapState<K, V> getMapState(MapStateDescriptor<K, V> descriptor) {
            return new MapState<K, V>() {
                private final Map<K, V> map = new HashMap<>();
                public V get(K key) { return map.get(key); }
                public void put(K key, V value) { map.put(key, value); }
                public void putAll(Map<K, V> other) { map.putAll(other); }
                public void remove(K key) { map.remove(key); }
                public boolean contains(K key) { return map.containsKey(key); }
                public Iterable<Map.Entry<K, V>> entries() { return map.entrySet(); }
                public Iterable<K> keys() { return map.keySet(); }
                public Iterable<V> values() { return map.values(); }
                public Iterator<Map.Entry<K, V>> iterator() { return map.entrySet().iterator(); }
                public boolean isEmpty() { return map.isEmpty(); }
                public void clear() { map.clear(); }
            };
        }

        @Override
        public <T> ListState<T> getListState(ListStateDescriptor<T> descriptor) { throw new UnsupportedOperationException(); }

        @Override
        public <T> ReducingState<T> getReducingState(ReducingStateDescriptor<T> descriptor) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <A, B, C> AggregatingState<A, C> getAggregatingState(AggregatingStateDescriptor<A, B, C> descriptor) {
            throw new UnsupportedOperationException();
        }
    }
}
