# Two ways to the same image: with nothing but Docker, the program is built in here; with --build-arg PREBUILT=true, gateway/target is taken as it is.
ARG BASE=debian:trixie-slim

FROM ${BASE} AS program
ARG PREBUILT=false
WORKDIR /build
COPY . .
RUN if [ "$PREBUILT" != true ]; then \
      apt-get update -qq && \
      DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends maven openjdk-25-jdk-headless && \
      mvn -q -B -ntp -pl gateway,documents -am -Dmaven.test.skip=true package; \
    fi && \
    mkdir -p /program/documents && cp -R gateway/target/gatehouse.jar gateway/target/lib /program/ && \
    cp -R documents/target/documents.jar documents/target/lib /program/documents/

FROM ${BASE}
# What a login is worth having for: Open Terminal's everyday tools, without compilers and without sudo.
RUN printf 'path-exclude=/usr/share/%s/*\n' doc locale >/etc/dpkg/dpkg.cfg.d/small && \
    echo 'path-include=/usr/share/doc/*/copyright' >>/etc/dpkg/dpkg.cfg.d/small && \
    # No package starts a service, now or when an admin's list brings more.
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d && \
    apt-get update -qq && \
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
      openjdk-25-jre-headless openssh-server tini \
      bash-completion bzip2 ca-certificates coreutils curl diffutils dnsmasq-base file findutils git gzip htop iproute2 jq less libpam-net nano nftables openssh-client procps \
      python3 python3-pip python3-venv ripgrep rsync tar tree unzip vim-tiny wget xz-utils zip && \
    apt-get clean && rm -rf /var/lib/apt/lists/* /var/cache/debconf/*-old && \
    # Not the package's keys: prepare makes one on the volume.
    rm -f /etc/ssh/ssh_host_* && \
    # By the name that people type.
    update-alternatives --quiet --install /usr/bin/vim vim /usr/bin/vim.tiny 1 && \
    # Nothing in here needs to become root, so nothing can: a program with the bit would be one step for an attacker.
    find / -xdev -perm /6000 -type f -exec chmod a-s {} +

COPY sshd-config /usr/lib/gatehouse/sshd-config
COPY netguard /usr/lib/gatehouse/netguard
COPY packages /usr/lib/gatehouse/packages
COPY scripts /usr/lib/gatehouse/scripts
COPY entrypoint.sh /usr/lib/gatehouse/entrypoint.sh
COPY --from=program /program /usr/lib/gatehouse/program

ENV OPEN_TERMINAL_HOST=0.0.0.0 LANG=C.UTF-8
EXPOSE 8000 2222
VOLUME /home
# The start may have packages to install; the first success ends this period.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30m \
  CMD curl -fs -o /dev/null "http://127.0.0.1:${OPEN_TERMINAL_PORT:-8000}/health"
ENTRYPOINT ["/usr/bin/tini", "--", "/usr/lib/gatehouse/entrypoint.sh"]
