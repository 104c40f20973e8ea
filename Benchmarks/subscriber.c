// subscriber PORT FILTER OUTPUT: writes a line `SEQ ID` to OUTPUT for each complex event, in a persistent session at QoS 1, until
// SIGTERM. SEQ is the first "seq" of the message, ID the event's id. On standard output: `ready` once it has subscribed.
#include <mosquitto.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static FILE *output;
static const char *filter;
static volatile sig_atomic_t stopped = 0;

static void on_signal(int unused) { stopped = 1; }
static void on_connect(struct mosquitto *m, void *unused, int status) { mosquitto_subscribe(m, NULL, filter, 1); }
static void on_subscribe(struct mosquitto *m, void *unused, int id, int count, const int *granted) { puts("ready"); fflush(stdout); }

// The value after the first KEY, a quoted name with its colon.
static const char *value(const char *text, size_t length, const char *key) {
    const char *at = memmem(text, length, key, strlen(key));
    if (!at) return NULL;
    at += strlen(key);
    while (*at == ' ' || *at == '"') at++;   // libmosquitto ends the payload with a zero byte
    return at;
}

static void on_message(struct mosquitto *m, void *unused, const struct mosquitto_message *message) {
    const char *id = value(message->payload, message->payloadlen, "\"id\":");
    const char *seq = value(message->payload, message->payloadlen, "\"seq\":");
    if (!id || !seq) {
        fprintf(output, "? %.*s\n", message->payloadlen, (char *)message->payload);
        return;
    }
    fprintf(output, "%ld %.*s\n", strtol(seq, NULL, 10), (int)strcspn(id, "\""), id);
}

int main(int argc, char **argv) {
    if (argc < 4) return fprintf(stderr, "usage: subscriber PORT FILTER OUTPUT\n"), 64;
    filter = argv[2];
    if (!(output = fopen(argv[3], "w"))) return perror(argv[3]), 66;
    signal(SIGTERM, on_signal);
    signal(SIGINT, SIG_IGN);
    mosquitto_lib_init();
    struct mosquitto *m = mosquitto_new("endurance-subscriber", false, NULL);
    mosquitto_reconnect_delay_set(m, 1, 1, false);
    mosquitto_connect_callback_set(m, on_connect);
    mosquitto_subscribe_callback_set(m, on_subscribe);
    mosquitto_message_callback_set(m, on_message);
    if (mosquitto_connect(m, "127.0.0.1", atoi(argv[1]), 10)) return fprintf(stderr, "subscriber: no broker\n"), 69;
    mosquitto_loop_start(m);
    while (!stopped) {
        usleep(200000);
        fflush(output);
    }
    mosquitto_disconnect(m);
    mosquitto_loop_stop(m, false);
    return fclose(output) ? 70 : 0;
}
