/* The limit: one send(2) a delivery. What it is told and what it answers is in bench/peers/__init__.py.
 *
 * The handshake is only as good as the clients here need it: the upgrade request and the auth message
 * are read, whatever they say, and both get the answer that is awaited. */

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 1024
#define MOST_MEMBERS 65536
#define LARGEST_FRAME 65540

static const char SWITCHING[] = "HTTP/1.1 101 Switching Protocols\r\n\r\n";
static const char WELCOME[] = "\x81\x17{\"type\":\"auth:success\"}";

enum stage { NEW, OPEN, WELCOMED };

static struct pollfd polled[2 + MOST_MEMBERS]; /* the orders, the listener, the members */
static enum stage stages[2 + MOST_MEMBERS];
static int count = 2;
static unsigned char frame[LARGEST_FRAME];
static size_t frame_size;

static void make_frame(const char *text)
{
    size_t size = strlen(text);
    frame[0] = 0x81;
    frame[1] = 126;
    frame[2] = size >> 8;
    frame[3] = size & 0xff;
    memcpy(frame + 4, text, size);
    frame_size = size + 4;
}

static int listen_anywhere(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, BACKLOG)) {
        perror("listen");
        exit(1);
    }
    getsockname(listener, (struct sockaddr *)&address, &size);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

static void take_in(int listener)
{
    int on = 1, member = accept(listener, NULL, NULL);
    if (member < 0 || count == 2 + MOST_MEMBERS)
        exit(1);
    setsockopt(member, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    polled[count].fd = member;
    polled[count].events = POLLIN;
    stages[count++] = NEW;
}

/* A member said something: the request first, then its auth, then pongs or the end. */
static void hear(int at)
{
    char heard[4096];
    ssize_t size = recv(polled[at].fd, heard, sizeof heard, 0);
    if (size <= 0) {
        close(polled[at].fd);
        polled[at] = polled[--count];
        stages[at] = stages[count];
    } else if (stages[at] == NEW) {
        send(polled[at].fd, SWITCHING, sizeof SWITCHING - 1, MSG_NOSIGNAL);
        stages[at] = OPEN;
    } else if (stages[at] == OPEN) {
        send(polled[at].fd, WELCOME, sizeof WELCOME - 1, MSG_NOSIGNAL);
        stages[at] = WELCOMED;
    }
}

/* A burst makes no difference here: a delivery is a send. */
static void publish(long events)
{
    for (long event = 0; event < events; event++)
        for (int at = 2; at < count; at++)
            if (send(polled[at].fd, frame, frame_size, MSG_NOSIGNAL) != (ssize_t)frame_size)
                exit(1);
}

static void tell_processor_time(void)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    printf("%.6f\n", used.ru_utime.tv_sec + used.ru_stime.tv_sec
                         + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6);
    fflush(stdout);
}

static void obey(void)
{
    char line[128];
    long events;
    if (!fgets(line, sizeof line, stdin))
        exit(0);
    if (sscanf(line, "publish %ld", &events) == 1)
        publish(events);
    else
        tell_processor_time();
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 1;
    setvbuf(stdin, NULL, _IONBF, 0); /* or poll would not see a line that is read already */
    make_frame(argv[1]);
    polled[1].fd = listen_anywhere();
    polled[0].events = polled[1].events = POLLIN;
    for (;;) {
        if (poll(polled, count, -1) < 0)
            return 1;
        if (polled[0].revents)
            obey();
        if (polled[1].revents & POLLIN)
            take_in(polled[1].fd);
        for (int at = count - 1; at >= 2; at--)
            if (polled[at].revents)
                hear(at);
    }
}
