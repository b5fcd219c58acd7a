/* From starting an MCP server to its listing, on standard input and output: the time a client waits.
 *
 *     mcp_start RUNS COMMAND [ARGUMENT...]
 *
 * Each run starts the command, shakes hands, asks for the tools and stops the clock at the last byte
 * of the list. Printed are the least and the median of the runs, and the processor time of one.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RUNS 1000

static const char request[] =
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":"
    "\"2025-11-25\",\"capabilities\":{},\"clientInfo\":{\"name\":\"bench\",\"version\":\"0\"}}}\n"
    "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n"
    "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/list\",\"params\":{}}\n";

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Two lines come: the handshake's, and the list. */
static bool read_answers(int fd)
{
    static char bytes[1 << 16];
    int lines = 0;
    bool listed = false;
    while (lines < 2) {
        ssize_t n = read(fd, bytes, sizeof bytes - 1);
        if (n <= 0) return false;
        bytes[n] = '\0';
        listed = listed || strstr(bytes, "\"tools\":[");
        for (const char *c = bytes; (c = strchr(c, '\n')); c++) lines++;
    }
    return listed;
}

static double run_once(char **command)
{
    int to[2], from[2];
    if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0) return -1;
    double began = now_ms();
    pid_t child = fork();
    if (child < 0) return -1;
    if (child == 0) {
        dup2(to[0], 0);
        dup2(from[1], 1);
        execvp(command[0], command);
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    bool sent = write(to[1], request, strlen(request)) == (ssize_t)strlen(request);
    double took = sent && read_answers(from[0]) ? now_ms() - began : -1;
    close(to[1]);
    close(from[0]);
    waitpid(child, NULL, 0);
    return took;
}

static int by_size(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

int main(int argc, char **argv)
{
    static double took[RUNS];
    int runs = argc > 2 ? atoi(argv[1]) : 0;
    struct rusage used;
    if (runs < 1 || runs > RUNS) {
        fprintf(stderr, "mcp_start RUNS COMMAND [ARGUMENT...]\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    for (int i = 0; i < runs; i++) {
        took[i] = run_once(argv + 2);
        if (took[i] < 0) {
            fprintf(stderr, "%s did not answer\n", argv[2]);
            return 1;
        }
    }
    qsort(took, (size_t)runs, sizeof *took, by_size);
    getrusage(RUSAGE_CHILDREN, &used);
    double cpu = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e3 +
                 (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e3;
    printf("least %7.1f ms   median %7.1f ms   processor %7.1f ms   of %d runs\n", took[0],
           took[runs / 2], cpu / runs, runs);
    return 0;
}
