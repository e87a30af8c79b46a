@echo off
rem Runs the vitrail command of an unpacked distribution: ..\lib holds the jars. Java 17 or newer is needed.
setlocal
set "HOME_DIR=%~dp0.."
set "JAVA=java"
if defined JAVA_HOME set "JAVA=%JAVA_HOME%\bin\java"
"%JAVA%" -Djava.awt.headless=true -Dfile.encoding=UTF-8 -Dai.djl.offline=true -DOPT_OUT_TRACKING=true -XX:+UseParallelGC -Dvitrail.home="%HOME_DIR%" %VITRAIL_JAVA_OPTS% -cp "%HOME_DIR%\lib\*" dev.vitrail.cli.Main %*
