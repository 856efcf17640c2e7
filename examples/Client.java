import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.ArrayList;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Gapura's JSON API from Java 17: look a person up, compare values, deliver data balikan. The JDK alone; a program that has a JSON library
 * uses that instead of the last two methods.
 *
 * <pre>GAPURA_URL=https://gapura.example GAPURA_TOKEN=... GAPURA_PURPOSE=... java Client.java lookup NIK REFERENCE</pre>
 */
public class Client {
    // HttpClient follows no redirect by itself: the token and the NIK go to the configured host alone.
    private static final HttpClient HTTP = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

    static Map<?, ?> call(String path, Object body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(System.getenv("GAPURA_URL") + path)).timeout(Duration.ofSeconds(30))
            .header("Content-Type", "application/json").header("Authorization", "Bearer " + System.getenv("GAPURA_TOKEN"))
            .POST(HttpRequest.BodyPublishers.ofString(write(body))).build();
        HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        Map<?, ?> answer = (Map<?, ?>) new Reader(response.body()).value();
        if (response.statusCode() != 200) { // with a text in Indonesian that may be shown
            throw new IOException("HTTP " + response.statusCode() + ": " + answer.get("detail"));
        }
        return answer;
    }

    /** The NIK is a string: never a long that becomes a double on its way. */
    static Map<String, Object> question(String nik, String reference) {
        return new LinkedHashMap<>(Map.of("nik", nik, "purpose", System.getenv("GAPURA_PURPOSE"), "reference", reference));
    }

    static String lookup(String nik, String reference) throws IOException, InterruptedException {
        Map<?, ?> answer = call("/api/v1/lookups", question(nik, reference));
        return answer.get("outcome").equals("found") ? "found: " + ((Map<?, ?>) answer.get("person")).get("nama_lengkap") : notice(answer);
    }

    static String notice(Map<?, ?> answer) {
        return answer.get("outcome") + ": " + answer.get("message");
    }

    static String match(String nik, String reference, String name, String born) throws IOException, InterruptedException {
        Map<String, Object> body = question(nik, reference);
        body.put("threshold", 90);
        body.put("claims", Map.of("nama_lengkap", name, "tanggal_lahir", born));
        Map<?, ?> answer = call("/api/v1/matches", body);
        if (!answer.get("outcome").equals("found")) {
            return notice(answer);
        }
        // Three verdicts: match, mismatch, and not_compared, which is no difference.
        Map<?, ?> verdicts = (Map<?, ?>) answer.get("verdicts");
        return List.of("nama_lengkap", "tanggal_lahir").stream()
            .map(key -> key + "=" + ((Map<?, ?>) verdicts.get(key)).get("verdict")).collect(Collectors.joining(" "));
    }

    /** The same key with the same items may be sent again until it is accepted: it is taken once. */
    static String balikan(String key, String nik, String number, String kind) throws IOException, InterruptedException {
        Object item = Map.of("nik", nik, "param", List.of(Map.of("NOMOR", number, "JENIS_BANTUAN", kind)));
        Map<?, ?> answer = call("/api/v1/balikan", Map.of("key", key, "items", List.of(item)));
        return "accepted " + answer.get("accepted") + (answer.get("repeated").equals(true) ? " (already there)" : "");
    }

    public static void main(String[] a) throws InterruptedException {
        try {
            System.out.println(switch (a[0]) {
                case "lookup" -> lookup(a[1], a[2]);
                case "match" -> match(a[1], a[2], a[3], a[4]);
                case "balikan" -> balikan(a[1], a[2], a[3], a[4]);
                default -> throw new IOException("lookup, match or balikan");
            });
        } catch (IOException refusal) {
            System.err.println(refusal.getMessage());
            System.exit(1);
        }
    }

    /** A value as JSON. */
    static String write(Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream().map(e -> write(e.getKey()) + ":" + write(e.getValue())).collect(Collectors.joining(",", "{", "}"));
        }
        if (value instanceof List<?> list) {
            return list.stream().map(Client::write).collect(Collectors.joining(",", "[", "]"));
        }
        if (value instanceof Number) {
            return value.toString();
        }
        StringBuilder text = new StringBuilder("\"");
        for (char c : value.toString().toCharArray()) {
            text.append(c == '"' || c == '\\' ? "\\" + c : c < ' ' ? String.format("\\u%04x", (int) c) : String.valueOf(c));
        }
        return text.append('"').toString();
    }

    /** Reads what Gapura answers: objects, lists, strings, whole numbers, true, false and null. */
    static final class Reader {
        private final String text;
        private int at;

        Reader(String text) {
            this.text = text;
        }

        private char next() {
            while (Character.isWhitespace(text.charAt(at))) {
                at++;
            }
            return text.charAt(at);
        }

        Object value() {
            char c = next();
            if (c == '{') {
                Map<String, Object> map = new LinkedHashMap<>();
                for (at++; next() != '}'; at += next() == ',' ? 1 : 0) {
                    String key = string();
                    next();
                    at++; // the colon
                    map.put(key, value());
                }
                at++;
                return map;
            }
            if (c == '[') {
                List<Object> list = new ArrayList<>();
                for (at++; next() != ']'; at += next() == ',' ? 1 : 0) {
                    list.add(value());
                }
                at++;
                return list;
            }
            if (c == '"') {
                return string();
            }
            int from = at;
            while (at < text.length() && ",]} \n".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            String word = text.substring(from, at);
            return switch (word) {
                case "true" -> true;
                case "false" -> false;
                case "null" -> null;
                default -> Long.valueOf(word);
            };
        }

        private String string() {
            next();
            StringBuilder out = new StringBuilder();
            for (at++; text.charAt(at) != '"'; at++) {
                char c = text.charAt(at);
                if (c == '\\') {
                    c = text.charAt(++at);
                    if (c == 'u') {
                        c = (char) Integer.parseInt(text.substring(at + 1, at + 5), 16);
                        at += 4;
                    } else if ("bfnrt".indexOf(c) >= 0) {
                        c = "\b\f\n\r\t".charAt("bfnrt".indexOf(c));
                    }
                }
                out.append(c);
            }
            at++;
            return out.toString();
        }
    }
}
