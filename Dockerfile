# marketing-agent in a container: built from this tree, then only what runs.
FROM debian:bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends \
    gcc g++ make git npm ca-certificates
WORKDIR /src
COPY . .
RUN make && make install PREFIX=/usr DESTDIR=/out

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl \
    libmicrohttpd12 libjansson4 libcurl4 libgsl27 libgslcblas0 libssl3 libstdc++6 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data marketing-agent \
    && install -d -o marketing-agent /data /models
COPY --from=build /out/usr /usr
USER marketing-agent
WORKDIR /data
ENV AGENT_TYPE=marketing AGENT_API_PORT=8082 AGENT_ATTESTATION_PORT=29345 \
    AGENT_MAX_MEMORY_MB=7000 AGENT_DATA_DIR=/data AGENT_MODEL_DIR=/models
VOLUME ["/data", "/models"]
EXPOSE 8082 29345
HEALTHCHECK --interval=30s --timeout=3s CMD curl -fsS -o /dev/null http://127.0.0.1:8082/health
ENTRYPOINT ["marketing-agent"]
CMD ["serve"]
