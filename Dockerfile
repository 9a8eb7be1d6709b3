# The engine of Cam Kết: one image, its parts chosen by the command.
FROM python:3.11.14-slim-bookworm AS build
WORKDIR /source
COPY requirements ./requirements
RUN python -m venv /opt/camket \
 && /opt/camket/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements/run.txt \
 && python -m venv /opt/build \
 && /opt/build/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements/build.txt
COPY pyproject.toml README.md ./
COPY workflow ./workflow
COPY reports ./reports
COPY tasks ./tasks
COPY web ./web
COPY camket ./camket
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
 && /opt/camket/bin/pip install --no-cache-dir --no-deps /wheels/*.whl

FROM python:3.11.14-slim-bookworm
# Tinos stands in for Times New Roman and has every Vietnamese letter, which the fonts of
# the Liberation family in this release of Debian do not.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends fonts-croscore=20201225-1 \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --gid 10001 camket \
 && useradd --uid 10001 --gid camket --no-create-home --shell /usr/sbin/nologin camket \
 && install --directory --owner=camket --group=camket --mode=0700 /data
COPY --from=build /opt/camket /opt/camket
# A worker that is told to end finishes what it has in hand (Celery reads SIGQUIT so).
ENV PATH=/opt/camket/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    REMAP_SIGTERM=SIGQUIT \
    CAMKET_DATA_DIR=/data
# By number, so that an orchestrator can see that it is not root.
USER 10001:10001
WORKDIR /data
VOLUME /data
ENTRYPOINT ["camket"]
CMD ["--help"]
