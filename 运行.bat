@echo off
rem Does on Windows what the Makefile does elsewhere.  A double click is the whole run; with words it
rem is that command: forms, verify, run --final, --help ...  Kept to ASCII, which every code page
rem reads alike; what people read is in pipeline\windows.txt and in the program.
setlocal
cd /d "%~dp0"
chcp 65001 >nul
set PYTHONUTF8=1
set PIP_DISABLE_PIP_VERSION_CHECK=1
set "PYTHON=.venv\Scripts\python.exe"

if exist "%PYTHON%" goto :packages
py -3 -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>nul
if errorlevel 1 (
  type pipeline\windows.txt
  goto :failed
)
py -3 -m venv .venv
if errorlevel 1 goto :failed

:packages
"%PYTHON%" -c "import sys; sys.exit(open(sys.argv[1]).read() != open(sys.argv[2]).read())" requirements\run.txt .venv\installed.txt 2>nul
if not errorlevel 1 goto :run
type pipeline\windows.txt
"%PYTHON%" -m pip install --quiet --require-hashes -r requirements\run.txt
if errorlevel 1 goto :failed
copy /y requirements\run.txt .venv\installed.txt >nul

:run
if "%~1"=="" (
  "%PYTHON%" -m pipeline run
) else (
  "%PYTHON%" -m pipeline %*
)
set "STATUS=%ERRORLEVEL%"
if "%~1"=="" pause
exit /b %STATUS%

:failed
pause
exit /b 2
