# Two images: `full`, the default, has the tools of Open Terminal's image and more; `docker build --target slim .` has
# everyday tools without compilers.
# There are two ways to build each. With nothing but Docker, the program is built in here. With --build-arg
# PREBUILT=true, gateway/target, documents/target and image/wheels are copied as they are.
# The stages are in this order because Docker's classic builder builds all stages before the target: so it builds slim
# without full, and base without the program.
# For a build that can be repeated, name the base image by its digest: --build-arg BASE=debian:trixie-slim@sha256:...
# `docker buildx imagetools inspect debian:trixie-slim` prints the digest.
ARG BASE=debian:trixie-slim

FROM ${BASE} AS base
COPY image/add-manuals image/drop-rights /usr/lib/gatehouse/image/
# The image has manuals in English, and no other documentation and no translations. Debian's slim image leaves out the
# manuals too, by a file that this one replaces.
RUN rm -f /etc/dpkg/dpkg.cfg.d/docker && \
    printf 'path-exclude=/usr/share/%s\n' 'doc/*' 'locale/*' 'info/*' 'lintian/*' 'man/[a-z][a-z]/*' \
    'man/[a-z][a-z][._@]*' >/etc/dpkg/dpkg.cfg.d/small && \
    echo 'path-include=/usr/share/doc/*/copyright' >>/etc/dpkg/dpkg.cfg.d/small && \
    # This keeps packages from starting services, now and when an admin's list installs more packages.
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d && \
    apt-get update -qq && \
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
      openjdk-25-jre-headless openssh-server tini \
      bash-completion bc bind9-dnsutils bzip2 ca-certificates coreutils curl diffutils dnsmasq-base file findutils git \
      gzip htop iproute2 iputils-ping jq less libpam-net locales lsof \
      make man-db nano netcat-openbsd nftables openssh-client patch procps python-is-python3 python3 python3-pip \
      python3-venv ripgrep rsync sqlite3 tar tmux tree \
      unzip vim-tiny wget xz-utils zip zstd && \
    /usr/lib/gatehouse/image/add-manuals bash coreutils debianutils diffutils findutils grep gzip hostname login mawk \
    ncurses-bin passwd sed tar util-linux && \
    apt-get clean && rm -rf /var/lib/apt/lists/* /var/cache/debconf/*-old /var/log/*.log /var/log/apt/* && \
    # sshd would record the begin and end of each command in these files, which nothing shortens. For wtmp.db it waits for
    # the disk four times and reads the whole file. It writes no record if wtmp is missing and wtmp.db cannot be opened.
    rm -f /var/log/wtmp /var/log/btmp && mkdir -m 0700 /var/log/wtmp.db && \
    # The package's host keys are deleted, because prepare makes a key on the volume.
    rm -f /etc/ssh/ssh_host_* && \
    # prepare would make these accounts at the start of each container.
    groupadd --system gatehouse && groupadd --system gatehouse-admin && \
    useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin gateway && \
    # People type vim and not vim.tiny.
    update-alternatives --quiet --install /usr/bin/vim vim /usr/bin/vim.tiny 1 && \
    # All shells of accounts read this file, except login shells, which read it in /etc/profile.d.
    sed -i '1i [ ! -r /etc/profile.d/gatehouse.sh ] || . /etc/profile.d/gatehouse.sh' /etc/bash.bashrc && \
    /usr/lib/gatehouse/image/drop-rights

# There is no variable of a setting here, because it would win over Open Terminal's TOML files.
ENV LANG=C.UTF-8
EXPOSE 8000 2222
VOLUME /home
# The long start period is for starts that install packages; the first success ends it.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30m \
  CMD curl -fs -o /dev/null "http://127.0.0.1:$(cat "${OPEN_TERMINAL_RUNTIME_DIR:-/run/gatehouse}/port")/health"
ENTRYPOINT ["/usr/bin/tini", "--", "/usr/lib/gatehouse/entrypoint.sh"]

FROM ${BASE} AS program
ARG PREBUILT=false
WORKDIR /build
COPY . .
RUN if [ "$PREBUILT" != true ]; then \
      apt-get update -qq && \
      DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends maven openjdk-25-jdk-headless && \
      mvn -q -B -ntp -pl gateway,documents -am -Dmaven.test.skip=true -Dsbom package; \
    fi && \
    root=/root/image && lib=$root/usr/lib/gatehouse && \
    mkdir -p $lib/program/documents $root/etc/profile.d $root/etc/chromium.d $root/etc/jupyter $root/usr/local/bin && \
    cp -R gateway/target/gatehouse.jar gateway/target/lib $lib/program/ && \
    cp -R documents/target/documents.jar documents/target/lib $lib/program/documents/ && \
    # An AOT cache names the time of the jar. Docker takes the stage `trained` from an earlier build with the same files,
    # even if their times differ, so the times must not depend on the build.
    find $lib/program -exec touch -d 2026-01-01T00:00:00Z {} + && \
    # The lists of the libraries in the jars. With PREBUILT, they exist only if Maven ran with -Dsbom.
    mkdir -p $root/usr/share/sbom && for module in gateway documents; do \
      if [ -e $module/target/bom.json ]; then cp $module/target/bom.json $root/usr/share/sbom/$module.cdx.json; fi; \
    done && \
    cp -R sshd-config netguard packages scripts entrypoint.sh image/bin image/npmrc image/gemrc $lib/ && \
    cp image/gatehouse $root/usr/local/bin/ && \
    mkdir -p $lib/image && cp image/bill-of-materials image/describe image/make-locales image/open-terminal-settings \
    image/trust-certificates $lib/image/ && \
    # Jupyter then uses sockets in the account's own folder: another program could take a loopback port before the
    # kernel of a notebook opens it, and then the kernel ends.
    cp image/jupyter.json $root/etc/jupyter/jupyter_nbconvert_config.json && \
    cp image/jupyter.json $root/etc/jupyter/jupyter_execute_config.json && \
    cp image/profile.sh $root/etc/profile.d/gatehouse.sh && \
    cp image/welcome.sh $root/etc/profile.d/gatehouse-welcome.sh && cp image/pip.conf $root/etc/ && \
    cp image/chromium $root/etc/chromium.d/gatehouse

# The AOT caches, by which the JVMs start faster. The run that they are learned from makes accounts, homes and keys, so
# it has a stage of its own, of which only the caches are kept. They fit both images as long as both have this JVM; each
# image checks that, because a layer that Docker kept from an earlier build may have an older JVM.
FROM base AS trained
COPY --from=program /root/image /
RUN /usr/lib/gatehouse/scripts/train /usr/lib/gatehouse/program

FROM base AS slim
COPY --from=program /root/image /
COPY --from=trained /usr/lib/gatehouse/program/gatehouse.aot /usr/lib/gatehouse/program/
COPY --from=trained /usr/lib/gatehouse/program/documents/documents.aot /usr/lib/gatehouse/program/documents/
RUN /usr/lib/gatehouse/scripts/train --check /usr/lib/gatehouse/program && \
    /usr/lib/gatehouse/image/describe && /usr/lib/gatehouse/image/bill-of-materials /usr/share/sbom/image.cdx.json

FROM base AS tools
RUN printf 'path-exclude=%s\n' '/usr/lib/*/libpython3*.a' '/usr/lib/python3*/config-*/libpython*.a' \
      '/usr/share/unicode/*' '/usr/share/vim/vim*/lang/*' >>/etc/dpkg/dpkg.cfg.d/small
# Open Terminal's tools, also those of the image on which it builds (autoconf, Mercurial, Subversion, and headers of
# libraries, which pip and gem need to compile). Added are LibreOffice, by which the gateway shows office files, LaTeX
# as pandoc needs it, Go, a JDK, and rustup, because Debian's Rust is 306 MB and a year old.
RUN apt-get update -qq && \
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
      autoconf automake build-essential bundler chromium cmake csvkit ffmpeg fonts-dejavu-core fonts-liberation \
      fonts-noto-color-emoji gawk ghostscript gnupg golang-go imagemagick inetutils-telnet \
      ipython3 jupyter-client jupyter-console jupyter-core jupyter-nbconvert jupyter-notebook libreoffice-calc-nogui \
      libreoffice-impress-nogui libreoffice-writer-nogui \
      libbz2-dev libffi-dev libgdbm-dev libgmp-dev libjpeg-dev liblzma-dev libncurses-dev libpng-dev libpq-dev \
      libreadline-dev libsqlite3-dev libssl-dev libtool libwebp-dev \
      libxml2-dev libxslt1-dev libyaml-dev uuid-dev zlib1g-dev lmodern lua5.4 mercurial net-tools nodejs npm \
      openjdk-25-jdk-headless 7zip pandoc perl pipx pkg-config poppler-utils \
      python3-bs4 python3-dev python3-docx python3-ipykernel python3-ipywidgets python3-jsonlines python3-lxml \
      python3-matplotlib python3-nbclient python3-numpy \
      python3-openpyxl python3-pandas python3-pil python3-plotly python3-psycopg2 python3-pypdf python3-pytest \
      python3-requests python3-rich python3-scipy python3-seaborn \
      python3-sklearn python3-sqlalchemy python3-tabulate python3-toml python3-tqdm python3-xlsxwriter python3-yaml \
      ruby ruby-dev rustup screen socat strace subversion sysstat texlive-fonts-recommended texlive-latex-base \
      texlive-latex-recommended vim weasyprint xmlstarlet && \
    apt-get clean && rm -rf /var/lib/apt/lists/* /var/cache/debconf/*-old /var/log/*.log /var/log/apt/* && \
    # The tests of Python's packages take a quarter of their space. numpy's stay, because numpy itself uses them.
    cd /usr/lib/python3/dist-packages && \
    find pandas scipy sklearn sympy matplotlib mpl_toolkits notebook IPython -type d -name tests -prune -exec rm \
    -rf {} + && \
    /usr/lib/gatehouse/image/drop-rights
ARG PREBUILT=false
COPY image/requirements.txt image/wheel[s] /tmp/wheels/
RUN if [ "$PREBUILT" = true ]; then from='--no-index --find-links=/tmp/wheels'; else from=''; fi && \
    pip install -q $from --no-deps --no-cache-dir --break-system-packages --root-user-action=ignore --require-hashes \
    --only-binary=:all: -r /tmp/wheels/requirements.txt && \
    rm -rf /tmp/wheels

FROM tools AS full
COPY --from=program /root/image /
COPY --from=trained /usr/lib/gatehouse/program/gatehouse.aot /usr/lib/gatehouse/program/
COPY --from=trained /usr/lib/gatehouse/program/documents/documents.aot /usr/lib/gatehouse/program/documents/
RUN /usr/lib/gatehouse/scripts/train --check /usr/lib/gatehouse/program && \
    /usr/lib/gatehouse/image/describe && /usr/lib/gatehouse/image/bill-of-materials /usr/share/sbom/image.cdx.json
