#!/usr/bin/env bats
# Tests how sshd-config/notebook finds kernels and reads notebooks. The kernels here end at once, because the error of a
# kernel that has ended has what it printed. NotebookIT has tests with kernels that run cells.

readonly program=${BATS_TEST_DIRNAME%/test}/notebook

setup() {
  home=$(mktemp -d)
  data=$home/.local/share/jupyter
}
teardown() { rm -rf -- "$home"; }

# spec FOLDER JSON: makes a kernelspec.
spec() {
  mkdir -p "$1"
  printf '%s' "$2" >"$1/kernel.json"
}

# says FOLDER TEXT [MORE]: makes the kernelspec of a kernel that prints the text and ends.
says() { spec "$1" "{\"argv\": [\"sh\", \"-c\", \"echo $2; exit 1\"] ${3-}}"; }

# book KERNEL: makes a notebook for this kernel.
book() {
  mkdir -p "$home/books"
  printf '{"nbformat": 4, "metadata": {"kernelspec": {"name": "%s"}}, "cells": []}' "$1" >"$home/books/book.ipynb"
}

# opens [NAME=VALUE...]: opens the notebook in the environment of a login. The variable output has the answer.
opens() {
  run env -i HOME="$home" TMPDIR="$home" PATH="$PATH" "$@" /usr/bin/python3 -I "$program" \
    <<<"{\"path\": \"$home/books/book.ipynb\"}"
}

# answers TEXT: fails unless the answer has the text.
answers() { [[ $output == *"$1"* ]] || { printf 'expected: %s\nbut was:  %s\n' "$1" "$output"; return 1; }; }

@test "finds a kernel in the home, whatever the case of its name" {
  says "$data/kernels/Mine" 'in the home'
  book mine
  opens
  answers "Failed to start kernel 'mine': it has ended: in the home"
  [ -z "$(find "$home" -name 'nb-*')" ]
}

@test "looks into the folders in Jupyter's order" {
  says "$home/first/kernels/k" first
  says "$home/second/kernels/k" second
  says "$data/kernels/k" home
  says "$home/data/kernels/k" 'data dir'
  says "$home/xdg/jupyter/kernels/k" xdg
  says "$home/.ipython/kernels/old" 'old ipython'
  book k
  opens JUPYTER_PATH="$home/first:$home/second"
  answers 'it has ended: first'
  opens JUPYTER_PATH="$home/none::$home/second"
  answers 'it has ended: second'
  opens
  answers 'it has ended: home'
  opens JUPYTER_DATA_DIR="$home/data"
  answers 'it has ended: data dir'
  opens XDG_DATA_HOME="$home/xdg"
  answers 'it has ended: xdg'
  book old
  opens
  answers 'it has ended: old ipython'
}

@test "names the kernels that there are" {
  says "$data/kernels/bash" bash
  says "$data/kernels/ir" R
  mkdir -p "$data/kernels/empty"
  book none
  opens
  answers "Failed to start kernel 'none': there is no kernel of this name; there are: bash, ir"
}

@test "starts a kernel in the notebook's folder, with the variables and words of its kernelspec" {
  # shellcheck disable=SC2016 # the program and the kernel put values in
  spec "$data/kernels/k" '{"argv": ["sh", "-c", "echo $PWD $ADDED $1 $2 $3; exit 1", "sh", "{connection_file}",
    "{resource_dir}", "{other}"], "env": {"ADDED": "${HOME}+$NONE"}}'
  book k
  opens
  answers "$home/books $home+\$NONE $home/nb-"
  answers "/c.json $data/kernels/k {other}"
}

@test "says what is wrong with a kernelspec" {
  book k
  spec "$data/kernels/k" '{'
  opens
  answers "Failed to start kernel 'k': its kernel.json cannot be read: "
  spec "$data/kernels/k" '[]'
  opens
  answers 'its kernel.json must be a JSON object'
  for each in '{}' '{"argv": []}' '{"argv": "sh"}' '{"argv": [1]}' '{"argv": ["sh"], "env": {"A": 1}}'; do
    spec "$data/kernels/k" "$each"
    opens
    answers 'its kernel.json must have argv, a list of texts, and may have env, an object of texts'
  done
  spec "$data/kernels/k" '{"argv": ["sh"], "metadata": {"kernel_provisioner": {"provisioner_name": "remote"}}}'
  opens
  answers 'its kernel.json names a kernel provisioner; only local kernels can be started'
  spec "$data/kernels/k" '{"argv": ["/none/such"]}'
  opens
  answers "[Errno 2] No such file or directory: '/none/such'"
}

@test "reads no kernelspec that is a pipe and waits for none" {
  mkdir -p "$data/kernels/pipe"
  mkfifo "$data/kernels/pipe/kernel.json"
  book pipe
  opens
  answers 'there is no kernel of this name'
}
